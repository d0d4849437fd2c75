import type { StoredOf } from '../../../schema/index.ts';
import { identityFields } from './identity.ts';
import { loginFields, sessionFields } from './login.ts';
import { providerFields } from './provider.ts';
import { tokenFields } from './tokens.ts';

/** Configuration of openid-connect. */
export const config = { ...providerFields, ...tokenFields, ...identityFields, ...loginFields, ...sessionFields };

/** A stored configuration. */
export type Config = StoredOf<typeof config>;

/** What is wrong with a configuration as a whole; undefined for nothing. */
export function checkConfig(given: Config): string | undefined {
  const pairs = [
    ['upstream_headers_claims', 'upstream_headers_names'],
    ['downstream_headers_claims', 'downstream_headers_names'],
    ['authorization_query_args_names', 'authorization_query_args_values'],
  ] as const;
  for (const [one, other] of pairs) {
    if ((given[one]?.length ?? 0) !== (given[other]?.length ?? 0))
      return `${one} and ${other} must have the same length`;
  }
  const auth = given.client_auth?.[0];
  const hasSecret = (given.client_secret?.length ?? 0) > 0;
  if (auth === 'private_key_jwt' && (given.client_jwk?.length ?? 0) === 0) return 'private_key_jwt needs client_jwk';
  if (auth?.startsWith('client_secret') === true && !hasSecret) return `${auth} needs client_secret`;
  if (given.bearer_token_param_type?.includes('cookie') && (given.bearer_token_cookie_name ?? null) === null) {
    return 'bearer_token_param_type cookie needs bearer_token_cookie_name';
  }
  if (given.session_storage === 'redis' && (given.redis?.host ?? null) === null) {
    return 'session_storage redis needs redis.host';
  }
  const hasLogins = (given.client_id?.length ?? 0) > 0 && given.auth_methods?.includes('authorization_code') !== false;
  if (hasLogins && !hasSecret && (given.session_secret ?? null) === null) {
    return 'session_secret is needed where there is no client_secret';
  }
  return undefined;
}
