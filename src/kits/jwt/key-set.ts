import { createPublicKey, type KeyObject } from 'node:crypto';
import { type AlgorithmName, algorithms } from './algorithms.ts';
import { type Claims, claimOf } from './token.ts';

/** Public keys of an issuer. */
export interface KeySet {
  /**
   * The keys with which a token of that header may have been signed: those of the id, or without an id all that fit. A key
   * fits the algorithms of its type, its curve and its own `alg`, and no others.
   */
  find(kid: string | undefined, algorithm: AlgorithmName): readonly KeyObject[];
}

/** Keys that are looked at in one set, and keys that a token without an id is tried with. */
const maxKeys = 100;
const maxTries = 8;
/** Bits that an RSA key has at least (RFC 7518 section 3.3). */
const minRsaBits = 2048;

interface Entry {
  readonly kid: string | undefined;
  readonly algorithms: readonly AlgorithmName[];
  readonly key: KeyObject;
}

/**
 * Reads a JWK Set (RFC 7517 section 5). Keys that are symmetric, meant for encryption, too short, or of a kind that is not
 * known are passed over.
 * @throws Error when it is no such set.
 */
export function parseKeySet(text: string): KeySet {
  const document = JSON.parse(text) as { readonly keys?: unknown } | null;
  const listed = document?.keys;
  if (!Array.isArray(listed)) throw new Error('it is no set of keys');
  const entries: Entry[] = [];
  for (const jwk of listed.slice(0, maxKeys) as unknown[]) {
    const entry = typeof jwk === 'object' && jwk !== null ? readKey(jwk as Claims) : undefined;
    if (entry !== undefined) entries.push(entry);
  }
  return {
    find(kid, algorithm) {
      const fitting = entries.filter((entry) => entry.algorithms.includes(algorithm));
      const wanted = kid === undefined ? fitting.slice(0, maxTries) : fitting.filter((entry) => entry.kid === kid);
      return wanted.map((entry) => entry.key);
    },
  };
}

function readKey(jwk: Claims): Entry | undefined {
  const [use, operations, kid] = [claimOf(jwk, 'use'), claimOf(jwk, 'key_ops'), claimOf(jwk, 'kid')];
  if (use !== undefined && use !== 'sig') return undefined;
  if (Array.isArray(operations) && !operations.includes('verify')) return undefined;
  const names = algorithmsOf(jwk);
  if (names.length === 0) return undefined;
  try {
    const key = createPublicKey({ key: publicPart(jwk) as never, format: 'jwk' });
    const { modulusLength } = key.asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined && modulusLength < minRsaBits) return undefined;
    return { kid: typeof kid === 'string' ? kid : undefined, algorithms: names, key };
  } catch {
    return undefined;
  }
}

const byCurve: { readonly [curve: string]: readonly AlgorithmName[] } = {
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  Ed25519: ['EdDSA'],
  Ed448: ['EdDSA'],
};
const rsaAlgorithms: readonly AlgorithmName[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

function algorithmsOf(jwk: Claims): readonly AlgorithmName[] {
  const kty = claimOf(jwk, 'kty');
  const curve = claimOf(jwk, 'crv');
  const fitting =
    kty === 'RSA'
      ? rsaAlgorithms
      : (kty === 'EC' || kty === 'OKP') && typeof curve === 'string' && Object.hasOwn(byCurve, curve)
        ? byCurve[curve]!
        : [];
  const own = claimOf(jwk, 'alg');
  return own === undefined ? fitting : fitting.filter((name) => name === own && algorithms.has(name));
}

/** What a public key is made of; a set that shows private parts is not to bring them in here. */
function publicPart(jwk: Claims): Claims {
  return Object.fromEntries(['kty', 'crv', 'x', 'y', 'n', 'e'].map((name) => [name, claimOf(jwk, name)]));
}
