import type { PropertyName } from './properties/index.ts';

/** Another name under which a property can be set. */
export interface Alias {
  readonly from: string;
  readonly to: PropertyName;
  /** True when this name is the more specific one and wins over the property's own name. */
  readonly wins?: boolean;
  /** True when setting it is answered with a warning that names the key to use. */
  readonly deprecated?: boolean;
  /** True when Kong 3.9 shows this name beside the other one in `GET /`. */
  readonly mirrored?: boolean;
}

/** Other names of properties, the strongest last among those that win. */
export const aliases: readonly Alias[] = [
  { from: 'nginx_main_user', to: 'nginx_user', wins: true, mirrored: true },
  { from: 'nginx_main_daemon', to: 'nginx_daemon', wins: true, mirrored: true },
  { from: 'nginx_main_worker_processes', to: 'nginx_worker_processes', wins: true, mirrored: true },
  { from: 'nginx_proxy_real_ip_header', to: 'real_ip_header', wins: true, mirrored: true },
  { from: 'nginx_proxy_real_ip_recursive', to: 'real_ip_recursive', wins: true, mirrored: true },
  { from: 'client_max_body_size', to: 'nginx_http_client_max_body_size' },
  { from: 'nginx_proxy_client_max_body_size', to: 'nginx_http_client_max_body_size', wins: true },
  { from: 'nginx_location_client_max_body_size', to: 'nginx_http_client_max_body_size', wins: true },
  { from: 'client_body_buffer_size', to: 'nginx_http_client_body_buffer_size', mirrored: true },
  { from: 'nginx_proxy_client_body_buffer_size', to: 'nginx_http_client_body_buffer_size', wins: true },
  { from: 'nginx_location_client_body_buffer_size', to: 'nginx_http_client_body_buffer_size', wins: true },
  { from: 'nginx_proxy_large_client_header_buffers', to: 'nginx_http_large_client_header_buffers', wins: true },
  { from: 'nginx_proxy_client_header_timeout', to: 'nginx_http_client_header_timeout', wins: true },
  { from: 'nginx_proxy_client_body_timeout', to: 'nginx_http_client_body_timeout', wins: true },
  { from: 'nginx_proxy_send_timeout', to: 'nginx_http_send_timeout', wins: true },
  { from: 'nginx_proxy_keepalive_timeout', to: 'nginx_http_keepalive_timeout', wins: true },
  { from: 'nginx_proxy_keepalive_requests', to: 'nginx_http_keepalive_requests', wins: true },
  { from: 'nginx_http_ssl_protocols', to: 'ssl_protocols', wins: true },
  { from: 'nginx_http_ssl_prefer_server_ciphers', to: 'ssl_prefer_server_ciphers', wins: true },
  { from: 'nginx_http_ssl_dhparam', to: 'ssl_dhparam', wins: true },
  { from: 'nginx_http_ssl_session_tickets', to: 'ssl_session_tickets', wins: true },
  { from: 'nginx_http_ssl_session_timeout', to: 'ssl_session_timeout', wins: true },
  { from: 'nginx_http_lua_ssl_protocols', to: 'lua_ssl_protocols', wins: true },
  { from: 'opentelemetry_tracing', to: 'tracing_instrumentations', deprecated: true, mirrored: true },
  { from: 'opentelemetry_tracing_sampling_rate', to: 'tracing_sampling_rate', deprecated: true, mirrored: true },
  { from: 'router_consistency', to: 'worker_consistency', deprecated: true },
  { from: 'privileged_worker', to: 'dedicated_config_processing', deprecated: true },
  { from: 'privileged_agent', to: 'dedicated_config_processing', deprecated: true },
  { from: 'upstream_keepalive', to: 'upstream_keepalive_pool_size', deprecated: true },
  { from: 'nginx_upstream_keepalive', to: 'upstream_keepalive_pool_size', deprecated: true },
  { from: 'nginx_http_upstream_keepalive', to: 'upstream_keepalive_pool_size', deprecated: true },
  { from: 'nginx_upstream_keepalive_requests', to: 'upstream_keepalive_max_requests', deprecated: true },
  { from: 'nginx_http_upstream_keepalive_requests', to: 'upstream_keepalive_max_requests', deprecated: true },
  { from: 'nginx_upstream_keepalive_timeout', to: 'upstream_keepalive_idle_timeout', deprecated: true },
  { from: 'nginx_http_upstream_keepalive_timeout', to: 'upstream_keepalive_idle_timeout', deprecated: true },
];

/** Keys of older releases that nothing replaces, with the Kong version that dropped them. */
export const removedKeys: ReadonlyMap<string, string> = new Map([
  ...[
    'cassandra_contact_points',
    'cassandra_port',
    'cassandra_keyspace',
    'cassandra_timeout',
    'cassandra_ssl',
    'cassandra_ssl_verify',
    'cassandra_username',
    'cassandra_password',
    'cassandra_consistency',
    'cassandra_write_consistency',
    'cassandra_read_consistency',
    'cassandra_lb_policy',
    'cassandra_local_datacenter',
    'cassandra_refresh_frequency',
    'cassandra_repl_strategy',
    'cassandra_repl_factor',
    'cassandra_data_centers',
    'cassandra_schema_consensus_timeout',
  ].map((key): [string, string] => [key, '3.4']),
  ['legacy_worker_events', '3.3'],
  ['legacy_hybrid_protocol', '3.1'],
  ['go_pluginserver_exe', '3.0'],
  ['go_plugins_dir', '3.0'],
  ['nginx_optimizations', '3.0'],
  ['cluster_v2', '2.7'],
  ['admin_gui_origin', '3.5'],
  ['host_ports', '2.1'],
]);

/**
 * Prefixes of keys that are free beyond the table: directives of nginx, options of vaults and plugin servers. Such a
 * key is kept as it stands, and never refused.
 */
export const openNamespaces: readonly string[] = [
  'nginx_main_',
  'nginx_events_',
  'nginx_http_',
  'nginx_upstream_',
  'nginx_proxy_',
  'nginx_location_',
  'nginx_status_',
  'nginx_admin_',
  'nginx_stream_',
  'nginx_supstream_',
  'nginx_sproxy_',
  'nginx_wasm_',
  'pluginserver_',
  'vault_',
];
