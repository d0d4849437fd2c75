/**
 * JWT: JSON Web Tokens (RFC 7519) taken apart, and their signatures judged with node:crypto. A caller says with which
 * key and algorithm: no token chooses. It knows neither where tokens come from nor what their claims mean.
 */
export {
  type Algorithm,
  type AlgorithmName,
  algorithmNames,
  algorithms,
  parsePublicKey,
  parseSecret,
  signToken,
} from './algorithms.ts';
export { judgeSignature, type KeySource, type SignatureVerdict } from './judge-signature.ts';
export { type KeySet, parseKeySet } from './key-set.ts';
export { type Claims, claimOf, createTokenParser, type Token, type TokenFault } from './token.ts';
