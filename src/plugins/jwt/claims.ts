import { type Claims, claimOf } from '../../kits/jwt/index.ts';

/** What is wrong with claims, by name; the texts are Kong's. */
export type ClaimErrors = { readonly [claim: string]: string };

const checks = {
  exp: (exp: number, now: number) => (exp <= now ? 'token expired' : undefined),
  nbf: (nbf: number, now: number) => (nbf > now ? 'token not valid yet' : undefined),
} as const;

/**
 * Makes the check of the claims that tell when a token is good (RFC 7519 section 4.1). A claim that is to be verified must
 * be there. With a `maximum` above 0 a token may not be good for more than so many seconds. `now` is in seconds since the
 * epoch.
 */
export function createClaimCheck(
  names: readonly (keyof typeof checks)[],
  maximum: number,
): (claims: Claims, now: number) => ClaimErrors | undefined {
  return (claims, now) => {
    let errors: Record<string, string> | undefined;
    for (const name of names) {
      const value = claimOf(claims, name);
      const problem = typeof value === 'number' ? checks[name](value, now) : 'must be a number';
      if (problem !== undefined) (errors ??= {})[name] = problem;
    }
    if (errors !== undefined || !(maximum > 0)) return errors;
    const exp = claimOf(claims, 'exp');
    return typeof exp === 'number' && exp - now <= maximum ? undefined : { exp: 'exceeds maximum allowed expiration' };
  };
}
