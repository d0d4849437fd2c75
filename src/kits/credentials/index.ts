/**
 * Credentials: what all authentication plugins share: how several of them work together on one request (all must
 * succeed, or one of them is enough), the anonymous consumer, and the headers that tell the upstream who is asking.
 * It knows no kind of credential.
 */
export { type AuthenticatorOptions, createAuthenticator, type Refusal, unauthorized } from './authenticator.ts';
export { setIdentity } from './identity.ts';
