import { type Claims, claimOf } from '../../kits/jwt/index.ts';

/** What a provider tells of itself (OpenID Connect Discovery 1.0 section 3). */
export interface Metadata {
  readonly issuer: string;
  readonly keysUrl: string;
  readonly authorizationEndpoint: string | undefined;
  readonly tokenEndpoint: string | undefined;
  readonly introspectionEndpoint: string | undefined;
  readonly userinfoEndpoint: string | undefined;
  readonly revocationEndpoint: string | undefined;
  readonly endSessionEndpoint: string | undefined;
}

const wellKnown = '/.well-known/openid-configuration';

/** Where a provider tells of itself, by its issuer or that place itself. */
export function discoveryUrl(issuer: string): string {
  return issuer.endsWith(wellKnown) ? issuer : `${issuer.replace(/\/$/, '')}${wellKnown}`;
}

/**
 * Reads what a provider tells of itself.
 * @throws Error when it speaks for another issuer than the one it was asked as, or those of `allowed`; when an endpoint
 * has less protection than the issuer; when something is missing that all need.
 */
export function parseMetadata(text: string, asked: string, allowed: readonly string[]): Metadata {
  const document = JSON.parse(text) as unknown;
  if (typeof document !== 'object' || document === null) throw new Error('it is no object');
  const issuer = claimOf(document as Claims, 'issuer');
  const expected = asked.endsWith(wellKnown) ? asked.slice(0, -wellKnown.length) : asked;
  if (typeof issuer !== 'string') throw new Error('it names no issuer');
  if (withoutSlash(issuer) !== withoutSlash(expected) && !allowed.includes(issuer)) {
    throw new Error(`it speaks for another issuer, "${issuer}"`);
  }
  const url = (name: string): string | undefined => {
    const value = claimOf(document as Claims, name);
    if (value === undefined || value === null) return undefined;
    const parsed = typeof value === 'string' ? URL.parse(value) : null;
    const isGood = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && expected.startsWith('http:'));
    if (!isGood) throw new Error(`${name} is no URL, or has less protection than the issuer`);
    return value as string;
  };
  const keysUrl = url('jwks_uri');
  if (keysUrl === undefined) throw new Error('it names no jwks_uri');
  return {
    issuer,
    keysUrl,
    authorizationEndpoint: url('authorization_endpoint'),
    tokenEndpoint: url('token_endpoint'),
    introspectionEndpoint: url('introspection_endpoint'),
    userinfoEndpoint: url('userinfo_endpoint'),
    revocationEndpoint: url('revocation_endpoint'),
    endSessionEndpoint: url('end_session_endpoint'),
  };
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
