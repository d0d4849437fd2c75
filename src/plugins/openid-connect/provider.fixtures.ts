import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import type { HttpAnswer, HttpClient, HttpQuestion } from '../../kits/remote/index.ts';
import { createManualClock, createPluginRunner, type FakeHostOptions } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { defineOpenidConnect } from './define.ts';

/** Seconds since the epoch at which tests begin. */
export const start = 1_700_000_000;
export const issuer = 'https://id.test';

/** What a provider is asked at an endpoint, as a form. */
export type Endpoint = (form: URLSearchParams, question: HttpQuestion) => object | number;

/** A provider without sockets, whose every answer a test may change. */
export interface FakeProvider extends HttpClient {
  /** Answers by path: an object with 200, or a status. */
  readonly endpoints: Map<string, Endpoint>;
  /** Paths in the order in which they were asked for. */
  readonly asked: string[];
  /** True for no answer at all. */
  isAway: boolean;
  /** Keys by their ids, as they are shown. */
  readonly keys: Map<string, KeyObject>;
  /** A token signed by one of the keys, by a library that is not ours. */
  sign(claims: JWTPayload, header?: { readonly kid?: string; readonly typ?: string }): Promise<string>;
}

/** Creates a {@link FakeProvider} with one key, `k1`. */
export function createFakeProvider(): FakeProvider {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = new Map<string, KeyObject>([['k1', pair.privateKey]]);
  const asked: string[] = [];
  const endpoints = new Map<string, Endpoint>([
    [
      '/.well-known/openid-configuration',
      () => ({
        issuer,
        jwks_uri: `${issuer}/keys`,
        authorization_endpoint: `${issuer}/auth?tenant=1`,
        token_endpoint: `${issuer}/token`,
        introspection_endpoint: `${issuer}/introspect`,
        userinfo_endpoint: `${issuer}/me`,
        revocation_endpoint: `${issuer}/revoke`,
        end_session_endpoint: `${issuer}/end`,
      }),
    ],
    [
      '/keys',
      () => ({
        keys: [...keys].map(([kid, key]) => {
          const { d: _, ...jwk } = key.export({ format: 'jwk' });
          return { ...jwk, kid, use: 'sig' };
        }),
      }),
    ],
  ]);
  const provider: FakeProvider = {
    endpoints,
    asked,
    keys,
    isAway: false,
    async ask(question): Promise<HttpAnswer> {
      const { pathname } = new URL(question.url);
      asked.push(pathname);
      if (provider.isAway) throw new Error('Cannot ask the provider: it is away');
      const outcome = endpoints.get(pathname)?.(new URLSearchParams(question.body), question) ?? 404;
      const isStatus = typeof outcome === 'number';
      return {
        status: isStatus ? outcome : 200,
        mediaType: 'application/json',
        body: isStatus ? '{"error":"invalid_grant"}' : JSON.stringify(outcome),
      };
    },
    close: () => undefined,
    async sign(claims, { kid = 'k1', typ } = {}) {
      const header = { alg: 'ES256', kid, ...(typ === undefined ? {} : { typ }) };
      return await new SignJWT(claims).setProtectedHeader(header).sign(keys.get(kid)!);
    },
  };
  return provider;
}

/** The plugin over a fake provider, with a clock that stands at {@link start}. */
export function createStage(given: Row = {}, options: FakeHostOptions = {}) {
  const provider = createFakeProvider();
  const clock = createManualClock(start * 1000);
  const runner = createPluginRunner([{ plugin: defineOpenidConnect(() => provider), config: { issuer, ...given } }], {
    clock,
    ...options,
  });
  return {
    provider,
    clock,
    runner,
    /** Sends a token; resolves with the run. */
    send: (token: string, more: { readonly [name: string]: string } = {}) =>
      runner.send({ request: { headers: { authorization: `Bearer ${token}`, ...more } } }),
  };
}

/** Claims of a good access token. */
export const goodClaims = { iss: issuer, sub: 'ann', aud: 'api', exp: start + 600, scope: 'read write' };
/** A client with a secret. */
export const client = { client_id: ['gateway'], client_secret: ['a secret of the client'] };
