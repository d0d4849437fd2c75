import { type Claims, claimOf, type Token } from '../../kits/jwt/index.ts';

/** The first of several sets of claims that has something at a path of names; undefined where none has. */
export function findClaim(sources: readonly Claims[], path: readonly string[]): unknown {
  for (const source of sources) {
    let value: unknown = source;
    for (const name of path) value = isClaims(value) ? claimOf(value, name) : undefined;
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The words of a claim: those of a text between blanks, or the texts of a list. */
export function wordsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((entry) => typeof entry === 'string') : [];
}

/** A claim as a header says it: texts as they are, lists with commas, the rest as JSON; undefined for nothing. */
export function textOf(claim: unknown): string | undefined {
  if (claim === undefined || claim === null) return undefined;
  if (typeof claim === 'string') return headerText(claim);
  if (Array.isArray(claim) && claim.every((entry) => typeof entry === 'string')) return headerText(claim.join(','));
  return headerText(JSON.stringify(claim));
}

/** Takes out what a header cannot carry, such as ends of lines. */
function headerText(text: string): string {
  let isGood = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) isGood = false;
  }
  return isGood ? text : text.replace(/[\u0000-\u001f\u007f]/g, ' ');
}

/** True for an object of JSON. */
export function isClaims(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What claims of any token are held to. Times are in seconds. */
export interface ClaimRules {
  readonly issuers: readonly string[];
  readonly leeway: number;
}

/** True for claims of an issuer that is taken, and within their time (RFC 7519 section 4.1). */
export function isInForce(claims: Claims, { issuers, leeway }: ClaimRules, now: number): boolean {
  const [iss, exp, nbf] = [claimOf(claims, 'iss'), claimOf(claims, 'exp'), claimOf(claims, 'nbf')];
  if (typeof iss !== 'string' || !issuers.includes(iss)) return false;
  // A token without an end would be good for ever.
  if (typeof exp !== 'number' || !(exp > now - leeway)) return false;
  return nbf === undefined || (typeof nbf === 'number' && nbf <= now + leeway);
}

const accessTypes = new Set(['jwt', 'at+jwt', 'application/at+jwt', 'application/jwt']);
const otherKinds = new Set(['ID', 'Refresh', 'Offline', 'Logout']);

/**
 * False for signed tokens that are made for something else than access, so that none of them opens an API: those that say
 * so by their type (RFC 8725 section 3.11), and ID tokens, which carry hashes of what they were given with.
 */
export function isForAccess({ header, claims }: Token): boolean {
  const type = claimOf(header, 'typ');
  if (type !== undefined && (typeof type !== 'string' || !accessTypes.has(type.toLowerCase()))) return false;
  if (claimOf(claims, 'at_hash') !== undefined || claimOf(claims, 'c_hash') !== undefined) return false;
  const kind = claimOf(claims, 'typ');
  return typeof kind !== 'string' || !otherKinds.has(kind);
}
