import { whenReady } from '../credentials/index.ts';
import { algorithms } from './algorithms.ts';
import type { KeySet } from './key-set.ts';
import { claimOf, type Token } from './token.ts';

/** Where keys come from: a set of keys at some server. */
export interface KeySource {
  /** The keys; undefined when they cannot be had. */
  get(): KeySet | undefined | Promise<KeySet | undefined>;
  /** Newer keys, since one is missing; undefined when there are none to be had for now. */
  renew(): Promise<KeySet | undefined>;
}

/** `absent` when there are no keys to judge by. */
export type SignatureVerdict = 'good' | 'bad' | 'absent';

/**
 * Judges a token's signature by the public keys of its issuer. For an id that no key has, newer keys are asked for once.
 * Symmetric algorithms are always bad: nothing public is a secret. So are extensions that must be understood (`crit`, RFC
 * 7515 section 4.1.11), for none is.
 */
export function judgeSignature(source: KeySource, token: Token): SignatureVerdict | Promise<SignatureVerdict> {
  const { isSymmetric, verify } = algorithms.get(token.algorithm)!;
  if (isSymmetric || claimOf(token.header, 'crit') !== undefined) return 'bad';
  const given = claimOf(token.header, 'kid');
  if (given !== undefined && typeof given !== 'string') return 'bad';

  /** Undefined when the set has no key for the token. */
  const judge = (keys: KeySet): boolean | undefined => {
    const found = keys.find(given, token.algorithm);
    if (found.length === 0) return undefined;
    return found.some((key) => verify(token.signed, token.signature, key));
  };

  return whenReady(source.get(), (keys): SignatureVerdict | Promise<SignatureVerdict> => {
    if (keys === undefined) return 'absent';
    const outcome = judge(keys);
    if (outcome === true) return 'good';
    // Without an id the key may be a new one as well.
    if (outcome === false && given !== undefined) return 'bad';
    return source.renew().then((renewed) => (renewed !== undefined && judge(renewed) === true ? 'good' : 'bad'));
  });
}
