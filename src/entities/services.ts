import { defineEntity, f, parseUrl, type Stored, typedefs } from '../schema/index.ts';

const timeout = typedefs.timeout({ between: [1, 2 ** 31 - 2], default: 60_000 });
const overTls = { not_one_of: ['https', 'tls'] } as const;

/** What requests are forwarded to. */
export const services = defineEntity({
  name: 'services',
  primary_key: ['id'],
  endpoint_key: 'name',
  workspaceable: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    updated_at: typedefs.autoTimestampS(),
    name: typedefs.utf8Name(),
    retries: f.integer({ default: 5, between: [0, 32767] }),
    protocol: typedefs.protocol({ required: true, default: 'http' }),
    host: typedefs.host({ required: true }),
    port: typedefs.port({ required: true, default: 80 }),
    path: typedefs.path(),
    connect_timeout: timeout,
    write_timeout: timeout,
    read_timeout: timeout,
    tags: typedefs.tags(),
    client_certificate: f.foreign('certificates'),
    tls_verify: f.boolean(),
    tls_verify_depth: f.integer({ default: null, between: [0, 64] }),
    ca_certificates: f.array(f.string({ uuid: true })),
    enabled: f.boolean({ required: true, default: true }),
  },
  entity_checks: [
    {
      conditional: {
        if_field: 'protocol',
        if_match: { one_of: ['tcp', 'tls', 'udp', 'grpc', 'grpcs'] },
        then_field: 'path',
        then_match: { eq: null },
      },
    },
    nullUnlessTls('client_certificate'),
    nullUnlessTls('tls_verify'),
    nullUnlessTls('tls_verify_depth'),
    nullUnlessTls('ca_certificates'),
  ],
  shorthand_fields: { url: { field: f.string(), expand: expandUrl } },
});

/** A row of {@link services}. */
export type Service = Stored<typeof services>;

function nullUnlessTls(then_field: string) {
  return { conditional: { if_field: 'protocol', if_match: overTls, then_field, then_match: { eq: null } } } as const;
}

const schemeByPort: Readonly<Record<string, string>> = { 80: 'http', 443: 'https' };

function expandUrl(url: string | null) {
  if (url === null) return {};
  const { scheme, host = null, port, path = null } = parseUrl(url);
  const number = port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined;
  const protocol = scheme ?? schemeByPort[number ?? ''] ?? 'http';
  return { protocol, host, port: number ?? port ?? (protocol === 'https' ? 443 : 80), path };
}
