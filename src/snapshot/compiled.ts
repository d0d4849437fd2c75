import type { RouteTarget } from '../router/index.ts';
import type { Row } from '../schema/index.ts';
import type { Plan } from './plan.ts';

/** A service with everything a request needs of it at hand. */
export class CompiledService {
  readonly row: Row;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** "" for none. */
  readonly path: string;
  readonly protocol: string;
  readonly isTls: boolean;
  readonly isGrpc: boolean;
  /** Further tries after the first. */
  readonly retries: number;
  /** Milliseconds. */
  readonly timeouts: { readonly connect: number; readonly write: number; readonly read: number };
  readonly clientCertificateId: string;
  /** Null where the gateway's own setting decides. */
  readonly tlsVerify: boolean | null;
  readonly caCertificateIds: readonly string[] | null;
  /** Where the proxy keeps what finds addresses for the host. */
  attached: unknown = undefined;

  constructor(row: Row) {
    this.row = row;
    this.id = row['id'] as string;
    this.host = row['host'] as string;
    this.port = row['port'] as number;
    this.path = (row['path'] as string | null) ?? '';
    this.protocol = row['protocol'] as string;
    this.isTls = this.protocol === 'https' || this.protocol === 'grpcs' || this.protocol === 'tls';
    this.isGrpc = this.protocol === 'grpc' || this.protocol === 'grpcs';
    this.retries = (row['retries'] as number | null) ?? 5;
    this.timeouts = {
      connect: (row['connect_timeout'] as number | null) ?? 60_000,
      write: (row['write_timeout'] as number | null) ?? 60_000,
      read: (row['read_timeout'] as number | null) ?? 60_000,
    };
    this.clientCertificateId = (row['client_certificate'] as { readonly id: string } | null)?.id ?? '';
    this.tlsVerify = (row['tls_verify'] as boolean | null) ?? null;
    this.caCertificateIds = (row['ca_certificates'] as readonly string[] | null) ?? null;
  }
}

/** A route with everything a request needs of it at hand. Only its plan is filled in later. */
export class CompiledRoute implements RouteTarget {
  readonly route: Row;
  readonly service: Row | undefined;
  readonly compiledService: CompiledService | undefined;
  readonly id: string;
  readonly stripPath: boolean;
  readonly preserveHost: boolean;
  readonly pathHandling: 'v0' | 'v1';
  readonly protocols: readonly string[];
  readonly httpsRedirectStatusCode: number;

  readonly isHttpsOnly: boolean;
  readonly isGrpc: boolean;
  /** False for a route that takes http and https alike, of which nothing is to be checked after the match. */
  readonly needsProtocolCheck: boolean;
  /** The plan made last, good while `planVersion` is the snapshot's. */
  plan: Plan | undefined = undefined;
  planVersion = -1;

  constructor(route: Row, service: CompiledService | undefined, allowsV1: boolean) {
    this.route = route;
    this.service = service?.row;
    this.compiledService = service;
    this.id = route['id'] as string;
    this.stripPath = route['strip_path'] === true;
    this.preserveHost = route['preserve_host'] === true;
    this.pathHandling = allowsV1 && route['path_handling'] === 'v1' ? 'v1' : 'v0';
    this.protocols = (route['protocols'] as readonly string[] | null) ?? [];
    this.httpsRedirectStatusCode = (route['https_redirect_status_code'] as number | null) ?? 426;
    this.isHttpsOnly = this.protocols.includes('https') && !this.protocols.includes('http');
    this.isGrpc = this.protocols.includes('grpc') || this.protocols.includes('grpcs');
    this.needsProtocolCheck = this.isGrpc || this.isHttpsOnly;
  }
}
