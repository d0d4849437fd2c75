import type { KeyObject } from 'node:crypto';
import { type Refusal, setIdentity, unauthorized, whenReady } from '../../kits/credentials/index.ts';
import {
  algorithms,
  claimOf,
  createTokenParser,
  judgeSignature,
  type KeySource,
  parsePublicKey,
  parseSecret,
  type Token,
} from '../../kits/jwt/index.ts';
import type { EntityReader, Kong } from '../../pdk/index.ts';
import type { Stored, StoredOf } from '../../schema/index.ts';
import { createClaimCheck } from './claims.ts';
import type { jwtSecrets } from './entities.ts';
import { createTokenSearch } from './find-token.ts';
import type { config } from './schema.ts';

type Credential = Stored<typeof jwtSecrets>;

/**
 * Makes the check of one configuration; `clock` is in seconds since the epoch. With `remoteKeys` these alone sign, and
 * credentials only say whose a token is.
 */
export function createTokenCheck(
  stored: StoredOf<typeof config>,
  credentials: EntityReader<Credential>,
  remoteKeys: KeySource | undefined,
  clock: () => number,
): (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined> {
  const findToken = createTokenSearch(stored);
  const parseToken = createTokenParser();
  const checkClaims = createClaimCheck(stored.claims_to_verify ?? [], stored.maximum_expiration ?? 0);
  const claimName = stored.key_claim_name ?? 'iss';
  const challenge = stored.realm === null ? 'Bearer' : `Bearer realm="${stored.realm}"`;
  const invalid = (message: string, body: object = { message }): Refusal => ({
    ...unauthorized(message, `${challenge} error="invalid_token"`),
    body,
  });

  const missing: Refusal = { ...unauthorized('Unauthorized', challenge), body: { message: 'Unauthorized' } };
  const several = invalid('Multiple tokens provided');
  const unrecognizable = invalid('Unrecognizable token');
  const keyMissing = invalid(`No mandatory '${claimName}' in claims`);
  const keyInvalid = invalid(`Invalid '${claimName}' in claims`);
  const unknown = invalid(`No credentials found for given '${claimName}'`);
  const wrongAlgorithm = invalid('Invalid algorithm');
  const wrongSecret = invalid('Invalid key/secret');
  const wrongSignature = invalid('Invalid signature');
  const keysAway: Refusal = { status: 503, message: 'Service unavailable', body: { message: 'Service unavailable' } };

  /** A claim comes before the header; neither undefined nor false is one, as in Lua. */
  function keyNamedBy({ claims, header }: Token): unknown {
    const claim = claimOf(claims, claimName);
    return claim === undefined || claim === false ? claimOf(header, claimName) : claim;
  }

  /** The keys of credentials that were used, for as long as their rows are. */
  const keys = new WeakMap<Credential, KeyObject>();

  function keyOf(credential: Credential, isSymmetric: boolean): KeyObject | undefined {
    const known = keys.get(credential);
    if (known !== undefined) return known;
    const text = isSymmetric ? credential.secret : credential.rsa_public_key;
    if (text === null || text === undefined) return undefined;
    const key = isSymmetric ? parseSecret(text, stored.secret_is_base64) : parsePublicKey(text);
    if (key !== undefined) keys.set(credential, key);
    return key;
  }

  function judge(
    kong: Kong,
    text: string,
    token: Token,
    credential: Credential | undefined,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (credential === undefined) return unknown;
    if (remoteKeys !== undefined) {
      return whenReady(judgeSignature(remoteKeys, token), (verdict) => {
        if (verdict === 'good') return accept(kong, text, token, credential);
        if (verdict === 'absent') return keysAway;
        return algorithms.get(token.algorithm)!.isSymmetric ? wrongAlgorithm : wrongSignature;
      });
    }
    // The credential says which algorithm counts: a token must not choose how it is verified.
    if (token.algorithm !== (credential.algorithm ?? 'HS256')) return wrongAlgorithm;
    const algorithm = algorithms.get(token.algorithm)!;
    const key = keyOf(credential, algorithm.isSymmetric);
    if (key === undefined) return wrongSecret;
    if (!algorithm.verify(token.signed, token.signature, key)) return wrongSignature;
    return accept(kong, text, token, credential);
  }

  /** A token whose signature is good. */
  function accept(
    kong: Kong,
    text: string,
    token: Token,
    credential: Credential,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const errors = checkClaims(token.claims, clock());
    if (errors !== undefined) return invalid('', errors);
    return whenReady(kong.client.loadConsumer(credential.consumer.id, true), (consumer) => {
      if (consumer === undefined) {
        const message = `Could not find consumer for '${claimName}=${credential.key}'`;
        return { status: 401, message, body: { message } };
      }
      setIdentity(kong, consumer, credential, credential.key);
      kong.ctx.shared['authenticated_jwt_token'] = text;
      return undefined;
    });
  }

  return (kong) => {
    const found = findToken(kong);
    if (found === undefined) return missing;
    if (found === 'several') return several;
    const text = found.token;
    if (text === true) return unrecognizable;
    const token = parseToken(text);
    if (typeof token === 'string') return invalid(`Bad token; ${token}`);
    const key = keyNamedBy(token);
    if (key === undefined || key === false) return keyMissing;
    if (typeof key !== 'string' || key === '') return keyInvalid;
    return whenReady(credentials.find(key), (credential) => judge(kong, text, token, credential));
  };
}
