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
} from './algorithms.ts';
export { type Claims, claimOf, createTokenParser, type Token, type TokenFault } from './token.ts';
