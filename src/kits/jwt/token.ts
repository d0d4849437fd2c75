import { decodeBase64Url, isAscii, unpaddedBase64Url } from '../credentials/index.ts';
import { type AlgorithmName, algorithms } from './algorithms.ts';

/** An object of a token, as JSON spells it. */
export type Claims = { readonly [name: string]: unknown };

/** A token taken apart; nothing of it has been verified. */
export interface Token {
  readonly algorithm: AlgorithmName;
  readonly header: Claims;
  readonly claims: Claims;
  /** What the signature is of. */
  readonly signed: string;
  /** In base64 for URLs, without padding. */
  readonly signature: string;
}

/** What is wrong with a token that cannot be taken apart; the texts are Kong's. */
export type TokenFault = 'invalid JSON' | 'invalid alg' | 'invalid claims' | 'invalid signature';

/**
 * Creates the function that takes a token apart (RFC 7515 section 7.1). Parts may be padded; whatever comes after the
 * second dot is the signature. It never throws.
 */
export function createTokenParser(): (text: string) => Token | TokenFault {
  // Issuers put the same header before all their tokens.
  let lastHeader = '';
  let lastParsed: unknown;

  function parseHeader(encoded: string): unknown {
    if (encoded !== lastHeader) {
      lastParsed = parseJson(encoded);
      lastHeader = encoded;
    }
    return lastParsed;
  }

  return (text) => {
    const first = text.indexOf('.');
    const second = first === -1 ? -1 : text.indexOf('.', first + 1);
    if (second === -1) return 'invalid JSON';
    const header = parseHeader(text.slice(0, first));
    const claims = parseJson(text.slice(first + 1, second));
    if (header === undefined || claims === undefined) return 'invalid JSON';
    const algorithm = isObject(header) ? claimOf(header, 'alg') : undefined;
    if (!isObject(header) || typeof algorithm !== 'string' || !algorithms.has(algorithm)) return 'invalid alg';
    if (!isObject(claims)) return 'invalid claims';
    const signature = unpaddedBase64Url(text.slice(second + 1));
    if (signature === undefined) return 'invalid signature';
    return { algorithm: algorithm as AlgorithmName, header, claims, signed: text.slice(0, second), signature };
  };
}

/** A claim, or a parameter of a header; not what objects inherit. */
export function claimOf(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

function parseJson(encoded: string): unknown {
  const bytes = decodeBase64Url(encoded);
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(isAscii(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
