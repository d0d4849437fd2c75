import { GibbonError } from '../../kernel/index.ts';
import type { Handler, HeaderValues, Kong, Row } from '../../pdk/index.ts';
import { setIdentity } from './identity.ts';

/** Why a request is not let through; becomes `kong.response.error`. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers?: HeaderValues;
  /** Sent as JSON by `kong.response.exit` instead, whatever format the client accepts. */
  readonly body?: object;
}

/** A refusal with 401 that tells the client which scheme is wanted. */
export function unauthorized(message: string, challenge: string): Refusal {
  return Object.freeze({ status: 401, message, headers: Object.freeze({ 'WWW-Authenticate': challenge }) });
}

/** What an authentication plugin hands to {@link createAuthenticator}. */
export interface AuthenticatorOptions {
  /** Id or username of the consumer that stands for everybody; with it one of several plugins is enough. */
  readonly anonymous: string | null;
  /** False lets OPTIONS requests pass without a look at them. */
  readonly runOnPreflight: boolean;
  /** Judges a request and, when it is good, calls `setIdentity`. A fault that is not the client's is thrown. */
  readonly authenticate: (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined>;
}

/**
 * Makes the access handler of an authentication plugin. Without `anonymous` every such plugin must succeed and the last
 * one's consumer counts; with it a plugin is skipped once another one knows the credential, and a request that fails
 * goes on as the anonymous consumer.
 */
export function createAuthenticator(options: AuthenticatorOptions): Handler {
  const { anonymous, runOnPreflight, authenticate } = options;

  function conclude(kong: Kong, refusal: Refusal | undefined): void | Promise<void> {
    if (refusal === undefined) return;
    if (anonymous !== null) return becomeAnonymous(kong, anonymous);
    const { status, message, headers, body } = refusal;
    if (body === undefined) kong.response.error(status, message, headers);
    else kong.response.exit(status, body, headers);
  }

  return (kong) => {
    if (!runOnPreflight && kong.request.getMethod() === 'OPTIONS') return;
    if (anonymous !== null && kong.client.getCredential() !== undefined) return;
    const verdict = authenticate(kong);
    if (verdict instanceof Promise) return verdict.then((refusal) => conclude(kong, refusal));
    return conclude(kong, verdict);
  };
}

function becomeAnonymous(kong: Kong, anonymous: string): void | Promise<void> {
  const found = kong.client.loadConsumer(anonymous, true);
  if (found instanceof Promise) return found.then((consumer) => setAnonymous(kong, anonymous, consumer));
  setAnonymous(kong, anonymous, found);
}

function setAnonymous(kong: Kong, anonymous: string, consumer: Row | undefined): void {
  if (consumer === undefined) {
    throw new GibbonError(`Cannot find anonymous consumer "${anonymous}"`, { code: 'ERR_ANONYMOUS_UNKNOWN' });
  }
  setIdentity(kong, consumer, null);
}
