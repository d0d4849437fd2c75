import { type Claims, claimOf } from '../../kits/jwt/index.ts';
import { type ClientProof, createClientProof } from './client-auth.ts';
import type { Metadata } from './metadata.ts';
import type { Provider } from './provider.ts';
import type { Config } from './schema/index.ts';

/** Tokens as the token endpoint gives them (RFC 6749 section 5.1). */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string | undefined;
  readonly refreshToken: string | undefined;
  /** Seconds; undefined where the provider does not tell. */
  readonly expiresIn: number | undefined;
  readonly scope: string | undefined;
}

/**
 * What came of a call: what was asked for, `refused` when the provider says no, `away` when it cannot be asked or gives no
 * answer that makes sense.
 */
export type Called<T> = { readonly value: T } | 'refused' | 'away';

/** The calls that a configuration makes to its provider; none of them throws. */
export interface Calls {
  /** Asks the token endpoint, as the client of the configuration unless another proof is given. */
  tokens(fields: Fields, proof?: ClientProof): Promise<Called<Tokens>>;
  /** What the provider says of a token that is active; `refused` for one that is not (RFC 7662). */
  introspect(token: string): Promise<Called<Claims>>;
  /** Claims of the user whom a token is for. */
  userInfo(token: string): Promise<Called<Claims>>;
  /** Has a token revoked (RFC 7009); what comes of it is not told. */
  revoke(token: string, kind: 'access_token' | 'refresh_token'): Promise<void>;
}

/** Fields of a form, in their order. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** What {@link createCalls} needs. */
export interface CallsOptions {
  readonly config: Config;
  readonly provider: Provider;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

/** Creates the {@link Calls} of a configuration. */
export function createCalls({ config, provider, now, warn }: CallsOptions): Calls {
  const prove = createClientProof(config);

  async function post(
    endpoint: (metadata: Metadata) => string | undefined,
    fields: Fields,
    given?: ClientProof,
  ): Promise<Called<Claims>> {
    const metadata = await provider.metadata();
    const url = metadata === undefined ? undefined : endpoint(metadata);
    const proof = given ?? prove?.(metadata?.issuer ?? '', now());
    if (url === undefined || proof === undefined) return 'away';
    const body = new URLSearchParams([...fields, ...proof.fields].map(([name, value]) => [name, value])).toString();
    const headers = { ...proof.headers, 'content-type': 'application/x-www-form-urlencoded' };
    // Whose secret a client guesses is no fault of ours, and guesses must not fill the log.
    return await ask(url, headers, body, given !== undefined);
  }

  async function ask(
    url: string,
    headers: { readonly [name: string]: string },
    body?: string,
    isGuess = false,
  ): Promise<Called<Claims>> {
    try {
      const answer = await provider.client.ask({ url, headers, ...(body === undefined ? {} : { body }) });
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        if (!isGuess) warn(`The provider refuses with ${answer.status}${errorIn(answer.body)}`);
        return 'refused';
      }
      if (answer.status !== 200) throw new Error(`The provider answers with ${answer.status}`);
      if (answer.body === '') return { value: {} };
      const value = JSON.parse(answer.body) as unknown;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('It answers no object');
      return { value: value as Claims };
    } catch (fault) {
      warn(fault instanceof SyntaxError ? 'The provider answers no JSON' : (fault as Error).message);
      return 'away';
    }
  }

  return {
    async tokens(fields, proof) {
      const called = await post(({ tokenEndpoint }) => config.token_endpoint ?? tokenEndpoint, fields, proof);
      if (typeof called === 'string') return called;
      const text = (name: string): string | undefined => {
        const value = claimOf(called.value, name);
        return typeof value === 'string' && value !== '' ? value : undefined;
      };
      const accessToken = text('access_token');
      const kind = text('token_type')?.toLowerCase();
      if (accessToken === undefined || (kind !== undefined && kind !== 'bearer')) {
        warn('The provider gives no bearer token');
        return 'away';
      }
      const expiresIn = Number(claimOf(called.value, 'expires_in') ?? Number.NaN);
      return {
        value: {
          accessToken,
          idToken: text('id_token'),
          refreshToken: text('refresh_token'),
          expiresIn: expiresIn > 0 ? expiresIn : undefined,
          scope: text('scope'),
        },
      };
    },
    async introspect(token) {
      const hint = config.introspection_hint;
      const called = await post(
        ({ introspectionEndpoint }) => config.introspection_endpoint ?? introspectionEndpoint,
        [['token', token], ...(hint === null ? [] : [['token_type_hint', hint] as const])],
      );
      // Who refuses to be asked refuses us, not the token.
      if (typeof called === 'string') return 'away';
      return claimOf(called.value, 'active') === true ? called : 'refused';
    },
    async userInfo(token) {
      const url = config.userinfo_endpoint ?? (await provider.metadata())?.userinfoEndpoint;
      return url === undefined ? 'away' : await ask(url, { authorization: `Bearer ${token}` });
    },
    async revoke(token, kind) {
      await post(
        ({ revocationEndpoint }) => config.revocation_endpoint ?? revocationEndpoint,
        [
          ['token', token],
          ['token_type_hint', kind],
        ],
      );
    },
  };
}

/** The `error` of an answer of OAuth 2.0, for the log; nothing else of it, for it may say what was sent. */
function errorIn(body: string): string {
  const found = /"error"\s*:\s*"([\w.-]{1,60})"/.exec(body.slice(0, 4096));
  return found === null ? '' : `: ${found[1]}`;
}
