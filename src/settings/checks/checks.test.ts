import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadSettings } from '../load.ts';

/** Configuration lines, and the mistakes that they must be answered with. */
const cases: readonly (readonly [lines: string, ...errors: string[]])[] = [
  ['headers = Server, X-Nope', "headers: invalid entry 'X-Nope'"],
  ['headers = X-KONG-UPSTREAM-STATUS'],
  ['headers_upstream = Server', "headers_upstream: invalid entry 'Server'"],
  ['trusted_ips = 10.0.0.0/8, ::1, fe80::/10, unix:'],
  [
    'trusted_ips = 10.0.0.0/40',
    "trusted_ips must be a comma separated list in the form of IPv4 or IPv6 address or CIDR block or 'unix:', got '10.0.0.0/40'",
  ],
  [
    'trusted_ips = 10.0.0.256',
    "trusted_ips must be a comma separated list in the form of IPv4 or IPv6 address or CIDR block or 'unix:', got '10.0.0.256'",
  ],
  ['dns_resolver = 1.1.1.1, 8.8.8.8:53, [2001:db8::1]:53, 2001:db8::1, [::1]'],
  [
    'dns_resolver = dns.example',
    "dns_resolver must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got 'dns.example'",
  ],
  [
    'resolver_address = 1.1.1.1:x',
    "resolver_address must be a comma separated list in the form of IPv4/6 or IPv4/6:port, got '1.1.1.1:x'",
  ],
  ['dns_order = last, a, AAAA'],
  ['dns_order = LAST, MX', "dns_order: invalid entry 'MX'"],
  ['resolver_family = CNAME', "resolver_family: invalid entry 'CNAME'"],
  ['dns_hostsfile = /none', 'dns_hostsfile: file does not exist'],
  ['port_maps = 80:8000, 443', 'invalid port mapping (`port_maps`): 443'],
  ['stream_listen = 0.0.0.0:53 udp, 0.0.0.0:53, 0.0.0.0:9000 ssl proxy_protocol'],
  [
    'stream_listen = 0.0.0.0:53 udp ssl proxy_protocol',
    "stream_listen: 'ssl' is incompatible with 'udp', got '0.0.0.0:53 udp ssl proxy_protocol'",
    "stream_listen: 'proxy_protocol' is incompatible with 'udp', got '0.0.0.0:53 udp ssl proxy_protocol'",
  ],
  ['port_maps = 0:8000', 'invalid port mapping (`port_maps`): 0:8000'],
  ['ssl_cert = /cert.pem', 'ssl_cert_key must be specified'],
  ['admin_ssl_cert_key = /key.pem', 'admin_ssl_cert must be specified'],
  [
    'ssl_cert = /cert.pem, /cert.pem\nssl_cert_key = /key.pem',
    'ssl_cert was specified 2 times while ssl_cert_key was specified 1 times',
  ],
  ['ssl_cert = /cert.pem\nproxy_listen = 0.0.0.0:8000'],
  [
    'ssl_cert = nonsense\nssl_cert_key = nonsense',
    'ssl_cert: failed loading certificate from nonsense',
    'ssl_cert_key: failed loading key from ******',
  ],
  ['client_ssl = on\nclient_ssl_cert = /cert.pem', 'client_ssl_cert_key must be specified'],
  ['ssl_cipher_suite = new', "ssl_cipher_suite has an invalid value: 'new' (modern, intermediate, old, fips, custom)"],
  [
    'ssl_cipher_suite = custom\nssl_protocols = TLSv9',
    "ssl_protocols has an invalid value: 'TLSv9' (TLSv1, TLSv1.1, TLSv1.2, TLSv1.3)",
  ],
  ['ssl_cipher_suite = custom\nssl_dhparam = nonsense', 'ssl_dhparam: failed loading certificate from nonsense'],
  ['ssl_cipher_suite = custom\nssl_dhparam = ffdhe3072'],
  [
    'lua_ssl_trusted_certificate = system, nonsense',
    'lua_ssl_trusted_certificate: failed loading certificate from nonsense',
  ],
  ['node_id = 12', 'node_id must be a valid UUID'],
  ['node_id = 9f8b1c52-3f2f-4a2f-8f57-5b2bd5a7a7b1'],
  ['admin_gui_path = manager', "admin_gui_path must start with a slash ('/')"],
  ['admin_gui_path = /a/', "admin_gui_path must not end with a slash ('/')"],
  [
    'admin_gui_path = /a b',
    "admin_gui_path can only contain letters, digits, hyphens ('-'), underscores ('_'), and slashes ('/')",
  ],
  ['admin_gui_path = /a//b', "admin_gui_path must not contain continuous slashes ('/')"],
  ['error_template_json = /none.json', 'error_template_json: no such file at /none.json'],
  ['tracing_instrumentations = request, balancer'],
  ['tracing_instrumentations = requests', 'invalid tracing type: requests'],
  ['tracing_instrumentations = off, all', 'invalid tracing types: off, other types are mutually exclusive'],
  ['tracing_sampling_rate = 1.5', "tracing_sampling_rate must be between 0 and 1, got '1.5'"],
  ['proxy_server = proxy:8080', 'proxy_server missing scheme'],
  ['proxy_server = ftp://proxy', 'proxy_server only supports "http" and "https", got ftp'],
  ['proxy_server = http://proxy?x=1', 'fragments, query strings or parameters are meaningless in proxy configuration'],
  ['worker_state_update_frequency = 0', "worker_state_update_frequency must be greater than 0, got '0'"],
  ['cluster_data_plane_purge_delay = 59', "cluster_data_plane_purge_delay must be 60 or greater, got '59'"],
  ['cluster_max_payload = 1', "cluster_max_payload must be 4194304 (4MB) or greater, got '1'"],
  ['upstream_keepalive_pool_size = -1', "upstream_keepalive_pool_size must be 0 or greater, got '-1'"],
  ['lua_max_req_headers = 1001', "lua_max_req_headers must be an integer between 1 and 1000, got '1001'"],
  ['lua_max_req_headers = 1.5', "lua_max_req_headers must be an integer between 1 and 1000, got '1.5'"],
  ['pg_pool_size = 1.5', "pg_pool_size must be an integer greater than 0, got '1.5'"],
  ['nginx_worker_processes = 0', "nginx_worker_processes has an invalid value: '0' (auto, or an integer of 1 or more)"],
  ['cluster_dp_labels = a:b', 'cluster_dp_labels can only be used when role = "data_plane"'],
  ['router_flavor = expressions'],
  ['database = postgres'],
  ['database = mysql'],
  [
    'role = control_plane\ndatabase = off\nadmin_listen = off\ncluster_mtls = pki\ncluster_use_proxy = on',
    'cluster certificate and key must be provided to use Hybrid mode',
    'admin_listen must be specified when role = "control_plane"',
    'cluster_ca_cert must be specified when cluster_mtls = "pki"',
    'in-memory storage can not be used when role = "control_plane"',
    'cluster_use_proxy can not be used when role = "control_plane"',
    'role = control_plane is not served by this release: use role = traditional',
  ],
  [
    'role = data_plane\nproxy_listen = off\ncluster_cert = /cert.pem\ncluster_cert_key = /key.pem\ncluster_dp_labels = kong1:b',
    'proxy_listen must be specified when role = "data_plane"',
    'only in-memory storage can be used when role = "data_plane"\nHint: set database = off in your kong.conf',
    'label key validation failed: kong1 is invalid. Must match pattern: ' +
      '(?!kong)(?!konnect)(?!insomnia)(?!mesh)(?!kic)[a-z0-9]([\\w\\.:-]*[a-z0-9]|)$',
    'role = data_plane is not served by this release: use role = traditional',
  ],
];

describe('checks across keys', () => {
  for (const [lines, ...expected] of cases) {
    const verdict = expected.length === 0 ? 'takes' : 'refuses';
    it(`${verdict} ${lines.replaceAll('\n', '; ')}`, () => {
      const result = loadSettings({
        env: {},
        file: '/kong.conf',
        readFile: (path) => (path === '/kong.conf' ? lines : undefined),
        exists: (path) => ['/cert.pem', '/key.pem', '/etc/hosts'].includes(path),
      });
      assert.deepEqual(result.ok ? [] : result.errors, expected);
    });
  }
});
