import type { Socket } from 'node:net';
import type { ProxiedPeer } from '../listeners/proxy-protocol/result.ts';
import type { ProxySettings } from '../settings.ts';

/** Who a raw stream comes from, and where it came in. */
export interface StreamClient {
  /** `tls` at an address with `ssl`. */
  readonly scheme: 'tcp' | 'tls' | 'udp';
  /** The other end of the connection. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The client once a trusted proxy is seen through. */
  readonly clientIp: string;
  readonly clientPort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** The port that the client connected to, after `port_maps`. */
  readonly forwardedPort: number;
}

/** Addresses of both ends. */
export interface Ends {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/**
 * Describes a client. What a trusted peer says by the PROXY protocol counts, whatever `real_ip_header` is: nginx's streams
 * know no other source.
 */
export function describeStreamClient(
  settings: Pick<ProxySettings, 'isTrusted' | 'portMap' | 'trustsNobody'>,
  scheme: StreamClient['scheme'],
  ends: Ends,
  proxied: ProxiedPeer | undefined,
): StreamClient {
  const remoteAddress = unmapped(ends.remoteAddress);
  const isSeenThrough = proxied !== undefined && !settings.trustsNobody && settings.isTrusted(remoteAddress);
  return {
    scheme,
    remoteAddress,
    remotePort: ends.remotePort,
    clientIp: isSeenThrough ? proxied.sourceIp : remoteAddress,
    clientPort: isSeenThrough ? proxied.sourcePort : ends.remotePort,
    localAddress: unmapped(ends.localAddress),
    localPort: ends.localPort,
    forwardedPort: settings.portMap.get(ends.localPort) ?? ends.localPort,
  };
}

/** The addresses of a socket; undefined when the client has gone already. */
export function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): Ends | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  if (localAddress === undefined || localPort === undefined) return undefined;
  return { remoteAddress, remotePort, localAddress, localPort };
}

/** IPv4 addresses come as IPv6 on sockets of both families. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
