import { constants, createHmac, createPublicKey, createSecretKey, type KeyObject, sign, verify } from 'node:crypto';
import { decodeBase64, decodeBase64Url, isSameSecret } from '../credentials/index.ts';

/** The algorithms of Kong 3.9, all of RFC 7518 section 3.1 and RFC 8037 but `none`. */
export const algorithmNames = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const;

/** One of {@link algorithmNames}. */
export type AlgorithmName = (typeof algorithmNames)[number];

/** How signatures of one algorithm are judged. */
export interface Algorithm {
  /** True where one secret both signs and verifies. */
  readonly isSymmetric: boolean;
  /** True when `signature`, in base64 for URLs, is that of `signed`. A key of another kind verifies nothing. */
  readonly verify: (signed: string, signature: string, key: KeyObject) => boolean;
}

/** Algorithms by name. */
export const algorithms: ReadonlyMap<string, Algorithm> = new Map<AlgorithmName, Algorithm>([
  ['HS256', hmac('sha256')],
  ['HS384', hmac('sha384')],
  ['HS512', hmac('sha512')],
  ['RS256', rsa('sha256', constants.RSA_PKCS1_PADDING)],
  ['RS384', rsa('sha384', constants.RSA_PKCS1_PADDING)],
  ['RS512', rsa('sha512', constants.RSA_PKCS1_PADDING)],
  ['ES256', ecdsa('sha256', 64)],
  ['ES384', ecdsa('sha384', 96)],
  ['ES512', ecdsa('sha512', 132)],
  ['PS256', rsa('sha256', constants.RSA_PKCS1_PSS_PADDING)],
  ['PS384', rsa('sha384', constants.RSA_PKCS1_PSS_PADDING)],
  ['PS512', rsa('sha512', constants.RSA_PKCS1_PSS_PADDING)],
  ['EdDSA', edwards()],
]);

function hmac(hash: string): Algorithm {
  return {
    isSymmetric: true,
    verify: (signed, signature, key) =>
      isSameSecret(createHmac(hash, key).update(signed).digest('base64url'), signature),
  };
}

function rsa(hash: string, padding: number): Algorithm {
  return {
    isSymmetric: false,
    verify: (signed, signature, key) =>
      (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') &&
      isSigned(hash, signed, { key, padding }, signature),
  };
}

/** RFC 7518 section 3.4: the two halves of the signature one after the other, `length` bytes in all. */
function ecdsa(hash: string, length: number): Algorithm {
  return {
    isSymmetric: false,
    verify: (signed, signature, key) =>
      key.asymmetricKeyType === 'ec' &&
      signature.length === Math.ceil((length * 4) / 3) &&
      isSigned(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

/** RFC 8037 section 3.1. */
function edwards(): Algorithm {
  return {
    isSymmetric: false,
    verify: (signed, signature, key) =>
      (key.asymmetricKeyType === 'ed25519' || key.asymmetricKeyType === 'ed448') &&
      isSigned(null, signed, { key }, signature),
  };
}

function isSigned(hash: string | null, signed: string, key: Parameters<typeof verify>[2], signature: string): boolean {
  try {
    return verify(hash, Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
  } catch {
    // Some signatures and keys, such as a curve that does not fit, are no question of true or false to OpenSSL.
    return false;
  }
}

/** The key in a PEM, or in a JSON Web Key; undefined when it is none. The public half of a private key is taken. */
export function parsePublicKey(text: string): KeyObject | undefined {
  try {
    return text.trimStart().startsWith('{')
      ? createPublicKey({ key: JSON.parse(text) as never, format: 'jwk' })
      : createPublicKey(text);
  } catch {
    return undefined;
  }
}

/**
 * The key that a secret is; undefined for one that is not the base64 that it should be. Both alphabets of base64 are
 * taken: Kong 3.9 knows that for URLs alone there and leaves consumers with `+` or `/` in their secrets outside.
 */
export function parseSecret(secret: string, isBase64: boolean): KeyObject | undefined {
  if (!isBase64) return createSecretKey(secret, 'utf8');
  const bytes = decodeBase64(secret) ?? decodeBase64Url(secret) ?? '';
  return bytes === '' ? undefined : createSecretKey(bytes, 'latin1');
}

/**
 * Signs a text with a private key and returns the signature in base64 for URLs.
 * @throws Error when the key does not fit the algorithm, or the algorithm is a symmetric one.
 */
export function signToken(signed: string, algorithm: AlgorithmName, key: KeyObject): string {
  if (algorithm.startsWith('HS')) throw new Error(`Cannot sign by "${algorithm}" with a private key`);
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const options = algorithm.startsWith('ES')
    ? ({ key, dsaEncoding: 'ieee-p1363' } as const)
    : algorithm.startsWith('PS')
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key };
  return sign(hash, Buffer.from(signed), options).toString('base64url');
}
