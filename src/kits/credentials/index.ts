/**
 * Credentials: what all authentication plugins share: how several of them work together on one request (all must
 * succeed, or one of them is enough), the anonymous consumer, the headers that tell the upstream who is asking, and the
 * small parts of reading and judging what clients send. It knows no kind of credential.
 */
export { type AuthenticatorOptions, createAuthenticator, type Refusal, unauthorized } from './authenticator.ts';
export { decodeBase64, decodeBase64Url, unpaddedBase64Url } from './base64.ts';
export { isAscii, utf8OfBytes } from './bytes.ts';
export { isSameSecret } from './compare.ts';
export { findCookie } from './cookies.ts';
export { type Credential, identify, setIdentity } from './identity.ts';
export { afterScheme, isBlank } from './scheme.ts';
export { whenReady } from './when-ready.ts';
