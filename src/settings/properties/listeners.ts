import type { Property } from '../property.ts';

/** Addresses that the node listens on. */
export const listenerProperties = {
  proxy_listen: {
    kind: 'listen',
    default: '0.0.0.0:8000 reuseport backlog=16384, 0.0.0.0:8443 http2 ssl reuseport backlog=16384',
    subsystem: 'http',
    description: 'Where HTTP and HTTPS requests are proxied, or `off`.',
    since: '2.1',
  },
  stream_listen: {
    kind: 'listen',
    default: 'off',
    subsystem: 'stream',
    description: 'Where raw TCP, TLS and UDP is proxied, or `off`.',
    since: '2.1',
  },
  admin_listen: {
    kind: 'listen',
    default: '127.0.0.1:8001 reuseport backlog=16384, 127.0.0.1:8444 http2 ssl reuseport backlog=16384',
    subsystem: 'http',
    description: 'Where the Admin API answers, or `off`. It has no login of its own: keep it private.',
    since: '2.1',
  },
  admin_gui_listen: {
    kind: 'listen',
    default: '0.0.0.0:8002, 0.0.0.0:8445 ssl',
    subsystem: 'http',
    inert: true,
    description: 'Where the browser admin is served, or `off`.',
    since: '3.4',
  },
  status_listen: {
    kind: 'listen',
    default: '127.0.0.1:8007 reuseport backlog=16384',
    subsystem: 'http',
    description: 'Where the Status API (health, metrics) answers, or `off`.',
    since: '2.1',
  },
  cluster_listen: {
    kind: 'listen',
    default: '0.0.0.0:8005',
    subsystem: 'http',
    inert: true,
    description: 'Where a control plane awaits its data planes.',
    since: '2.1',
  },
  headers: {
    kind: 'list',
    default: 'server_tokens, latency_tokens, x-kong-request-id',
    description:
      'Headers added to responses: `server_tokens`, `latency_tokens`, single names such as `X-Kong-Upstream-Status`, or `off`.',
    since: '2.1',
  },
  headers_upstream: {
    kind: 'list',
    default: 'x-kong-request-id',
    description: 'Headers added to upstream requests: `X-Kong-Request-Id` or `off`.',
    since: '3.5',
  },
  trusted_ips: {
    kind: 'list',
    description: 'Addresses and CIDR blocks (or `unix:`) whose `X-Forwarded-*` headers are believed.',
    since: '2.1',
  },
  real_ip_header: {
    kind: 'string',
    default: 'X-Real-IP',
    description: 'Header that carries the client address behind a trusted peer, or `proxy_protocol`.',
    since: '2.1',
  },
  real_ip_recursive: {
    kind: 'boolean',
    default: 'off',
    description: 'Take the last address that is not trusted instead of the last one.',
    since: '2.1',
  },
  upstream_keepalive_pool_size: {
    kind: 'integer',
    default: '512',
    range: { min: 0, message: 'must be 0 or greater' },
    description: 'Idle upstream connections kept per peer and worker; 0 keeps none.',
    since: '2.1',
  },
  upstream_keepalive_max_requests: {
    kind: 'integer',
    default: '10000',
    range: { min: 0, message: 'must be 0 or greater' },
    description: 'Requests sent over one upstream connection; 0 sets no limit.',
    since: '2.1',
  },
  upstream_keepalive_idle_timeout: {
    kind: 'number',
    default: '60',
    range: { min: 0, message: 'must be 0 or greater' },
    unit: 'seconds',
    description: 'How long an idle upstream connection is kept; 0 keeps it until the peer closes.',
    since: '2.1',
  },
} as const satisfies Record<string, Property>;
