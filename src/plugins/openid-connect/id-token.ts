import { hash } from 'node:crypto';
import { isSameSecret } from '../../kits/credentials/index.ts';
import { type AlgorithmName, type Claims, claimOf, createTokenParser, judgeSignature } from '../../kits/jwt/index.ts';
import { type ClaimRules, isInForce, wordsOf } from './claims.ts';
import type { Provider } from './provider.ts';

/** What an ID token must agree with. */
export interface IdTokenContext {
  readonly provider: Provider;
  readonly rules: ClaimRules;
  readonly clientId: string;
  /** Undefined for tokens of a renewal, which need none. */
  readonly nonce: string | undefined;
  readonly accessToken: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

const parseToken = createTokenParser();

/**
 * The claims of a good ID token (OpenID Connect Core 1.0 section 3.1.3.7); undefined for any other. The message of what is
 * wrong goes to `warn`.
 */
export async function readIdToken(
  text: string,
  context: IdTokenContext,
  warn: (message: string) => void,
): Promise<Claims | undefined> {
  const problem = (what: string): undefined => {
    warn(`Cannot take the ID token: ${what}`);
  };
  const token = parseToken(text);
  if (typeof token === 'string') return problem(token);
  const { claims } = token;
  const verdict = await judgeSignature(context.provider.keys, token);
  if (verdict !== 'good') return problem(verdict === 'bad' ? 'its signature is wrong' : 'there are no keys');
  if (!isInForce(claims, context.rules, context.now)) return problem('its issuer is another, or it is out of time');
  const audiences = wordsOf(claimOf(claims, 'aud'));
  const party = claimOf(claims, 'azp');
  if (!audiences.includes(context.clientId)) return problem('it is for another client');
  if ((party !== undefined || audiences.length > 1) && party !== context.clientId) {
    return problem('it was given to another client');
  }
  if (typeof claimOf(claims, 'sub') !== 'string') return problem('it is about nobody');
  const nonce = claimOf(claims, 'nonce');
  if (context.nonce !== undefined && (typeof nonce !== 'string' || !isSameSecret(nonce, context.nonce))) {
    return problem('its nonce is another');
  }
  const accessHash = claimOf(claims, 'at_hash');
  if (accessHash !== undefined && accessHash !== halfHash(context.accessToken, token.algorithm)) {
    return problem('it came with another access token');
  }
  return claims;
}

/** OpenID Connect Core 1.0 section 3.1.3.6. Undefined for the algorithm whose hash is not laid down. */
function halfHash(text: string, algorithm: AlgorithmName): string | undefined {
  const name = algorithm === 'EdDSA' ? 'sha512' : `sha${algorithm.slice(2)}`;
  const digest = hash(name, text, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
