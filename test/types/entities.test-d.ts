import type {
  Certificate,
  Plugin,
  plugins,
  Route,
  routes,
  Service,
  services,
  Target,
  Upstream,
} from '../../src/entities/index.ts';
import type { Given } from '../../src/schema/index.ts';
import type { Equal, Expect } from './expect.ts';

type Protocol = 'grpc' | 'grpcs' | 'http' | 'https' | 'tcp' | 'tls' | 'tls_passthrough' | 'udp';
interface Id {
  readonly id: string;
}
interface Endpoint {
  readonly ip: string | null;
  readonly port: number | null;
}

export type Entities = [
  Expect<
    Equal<
      Service,
      {
        readonly id: string;
        readonly created_at: number;
        readonly updated_at: number;
        readonly name: string | null;
        readonly retries: number | null;
        readonly protocol: Protocol;
        readonly host: string;
        readonly port: number;
        readonly path: string | null;
        readonly connect_timeout: number | null;
        readonly write_timeout: number | null;
        readonly read_timeout: number | null;
        readonly tags: readonly string[] | null;
        readonly client_certificate: Id | null;
        readonly tls_verify: boolean | null;
        readonly tls_verify_depth: number | null;
        readonly ca_certificates: readonly string[] | null;
        readonly enabled: boolean;
      }
    >
  >,
  Expect<
    Equal<
      Route,
      {
        readonly id: string;
        readonly created_at: number;
        readonly updated_at: number;
        readonly name: string | null;
        readonly protocols: readonly Protocol[];
        readonly https_redirect_status_code: 426 | 301 | 302 | 307 | 308;
        readonly strip_path: boolean;
        readonly preserve_host: boolean;
        readonly request_buffering: boolean;
        readonly response_buffering: boolean;
        readonly tags: readonly string[] | null;
        readonly service: Id | null;
        readonly snis: readonly string[] | null;
        readonly sources: readonly Endpoint[] | null;
        readonly destinations: readonly Endpoint[] | null;
        readonly methods: readonly string[] | null;
        readonly hosts: readonly string[] | null;
        readonly paths: readonly string[] | null;
        readonly headers: { readonly [name: string]: readonly string[] } | null;
        readonly regex_priority: number | null;
        readonly path_handling: 'v0' | 'v1' | null;
      }
    >
  >,
  Expect<
    Equal<
      Plugin,
      {
        readonly id: string;
        readonly name: string;
        readonly instance_name: string | null;
        readonly created_at: number;
        readonly updated_at: number;
        readonly route: Id | null;
        readonly service: Id | null;
        readonly consumer: Id | null;
        readonly config: { readonly [field: string]: unknown };
        readonly protocols: readonly Protocol[];
        readonly enabled: boolean;
        readonly tags: readonly string[] | null;
      }
    >
  >,
  Expect<Equal<Target['upstream'], Id>>,
  Expect<Equal<Certificate['cert_alt'], string | null>>,
  Expect<Equal<Upstream['algorithm'], 'consistent-hashing' | 'least-connections' | 'round-robin' | 'latency' | null>>,
  Expect<Equal<Upstream['healthchecks']['active']['healthy']['http_statuses'], readonly number[] | null>>,
  Expect<Equal<Upstream['healthchecks']['active']['headers'], { readonly [name: string]: readonly string[] } | null>>,
];

export const service: Given<typeof services> = { host: 'a.test', client_certificate: { id: 'x' } };
export const route: Given<typeof routes> = { paths: ['/'], service: { name: 'a' }, sources: [{ ip: '::' }] };
export const plugin: Given<typeof plugins> = { name: 'x', config: {} };
// @ts-expect-error a service needs a host
export const homeless: Given<typeof services> = { name: 'x' };
// @ts-expect-error no such protocol
export const unspoken: Given<typeof services> = { host: 'a.test', protocol: 'ftp' };
// @ts-expect-error a plugin needs a name
export const nameless: Given<typeof plugins> = {};
