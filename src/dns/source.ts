import { GibbonError } from '../kernel/index.ts';

/** The record types that lead to addresses. */
export type RecordType = 'A' | 'AAAA' | 'SRV';

/** An A or AAAA record. */
export interface AddressRecord {
  readonly ip: string;
  /** Seconds for which the record may be kept. */
  readonly ttl: number;
}

/** An SRV record (RFC 2782). */
export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
  readonly ttl: number;
}

/**
 * Where records come from. Answers are never empty: a name without records of the type is a failure. Failures are
 * {@link GibbonError}s made by {@link dnsNotFound} and {@link dnsFailed}.
 */
export interface DnsSource {
  addresses(name: string, type: 'A' | 'AAAA'): Promise<readonly AddressRecord[]>;
  services(name: string): Promise<readonly SrvRecord[]>;
  /** A last resort for names that DNS itself does not know, such as short names of a search domain. */
  lookup?(name: string): Promise<readonly AddressRecord[]>;
}

/** The failure `ERR_DNS_NOT_FOUND`, status 503: there is no such name, or it has no records of the type. */
export function dnsNotFound(name: string, detail: string, cause?: unknown): GibbonError {
  return new GibbonError(`Cannot resolve "${name}": ${detail}`, {
    code: 'ERR_DNS_NOT_FOUND',
    status: 503,
    source: 'upstream',
    retry: true,
    cause,
  });
}

/** The failure `ERR_DNS_FAILED`, status 500: the name servers gave no answer, or a useless one. */
export function dnsFailed(name: string, detail: string, cause?: unknown): GibbonError {
  return new GibbonError(`Cannot resolve "${name}": ${detail}`, {
    code: 'ERR_DNS_FAILED',
    status: 500,
    source: 'upstream',
    retry: true,
    cause,
  });
}
