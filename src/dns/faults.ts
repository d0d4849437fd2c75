import { GibbonError } from '../kernel/index.ts';

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

/** True for what {@link dnsNotFound} makes. */
export function isNotFound(fault: unknown): boolean {
  return fault instanceof GibbonError && fault.code === 'ERR_DNS_NOT_FOUND';
}

const codes: readonly string[] = ['', 'format error', 'server failure', 'name error', 'not implemented', 'refused'];

/** What a response code means in a few words, as in Kong's messages and statistics. */
export function describeCode(code: number): string {
  return codes[code] ?? 'unknown';
}

/** What is said of a name that is there, but not with records of the type (Kong 3.9). */
export const emptyRecord = 'empty record received';

/** The failure that a reply without usable records stands for, in Kong's words. */
export function failureOf(name: string, code: number): GibbonError {
  if (code === 0) return dnsNotFound(name, `dns client error: 101 ${emptyRecord}`);
  const detail = `dns server error: ${code} ${describeCode(code)}`;
  return code === 3 ? dnsNotFound(name, detail) : dnsFailed(name, detail);
}

/** The failure that names lead to one another in a circle; `chain` is the way that was taken. */
export function recursionDetected(name: string, chain: readonly string[]): GibbonError {
  return dnsFailed(name, `recursion detected: ${chain.join(' > ')}`);
}
