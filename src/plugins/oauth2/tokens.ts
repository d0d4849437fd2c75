import { GibbonError, randomString } from '../../kernel/index.ts';
import type { Kong } from '../../pdk/index.ts';
import type { Config, Scope, Token } from './rows.ts';

/** What a token is made for. */
export interface Grant {
  readonly clientId: string;
  /** The user's name at whoever asked the user, where there is one. */
  readonly userId: string | null;
  readonly scope: string | null;
  readonly hasRefreshToken: boolean;
}

/** What a client is told of its new token (RFC 6749 section 5.1). */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'bearer';
  readonly expires_in?: number;
  readonly refresh_token?: string;
  readonly state?: string | number | boolean;
}

/** The id of the service that tokens are good for; null when they are for all that share credentials. */
export function serviceIdOf(kong: Kong, config: Config): string | null {
  if (config.global_credentials) return null;
  const id = kong.router.getService()?.['id'];
  if (typeof id === 'string') return id;
  // Stored without a service it would be good for all of them.
  throw new GibbonError('Cannot make a token for a route without a service: set global_credentials', {
    code: 'ERR_OAUTH2_SERVICE',
  });
}

/** Stores a new token. */
export async function createToken(kong: Kong, { config, rows }: Scope, grant: Grant): Promise<TokenAnswer> {
  const serviceId = serviceIdOf(kong, config);
  const accessToken = randomString();
  const refreshToken = grant.hasRefreshToken && config.token_expiration > 0 ? randomString() : null;
  await rows.tokenWriter.insert(
    {
      service: serviceId === null ? null : { id: serviceId },
      credential: { id: grant.clientId },
      token_type: 'bearer',
      expires_in: config.token_expiration,
      created_at: secondsOf(rows.clock.now()),
      access_token: accessToken,
      refresh_token: refreshToken,
      authenticated_userid: grant.userId,
      scope: grant.scope,
    },
    ttlOf(config),
  );
  return answerOf(config, accessToken, refreshToken);
}

/** Gives a stored token a new access token and leaves it its refresh token; undefined when it is gone. */
export async function renewToken({ config, rows }: Scope, token: Token): Promise<TokenAnswer | undefined> {
  const accessToken = randomString();
  const renewed = await rows.tokenWriter.update(
    token.id,
    {
      access_token: accessToken,
      expires_in: config.token_expiration,
      created_at: secondsOf(rows.clock.now()),
    },
    ttlOf(config),
  );
  return renewed === undefined ? undefined : answerOf(config, accessToken, token.refresh_token);
}

/** Seconds until an access token is no longer good, 0 or less when it is over; Infinity for one that never ends. */
export function secondsLeft(token: Token, now: number): number {
  if (token.expires_in <= 0) return Number.POSITIVE_INFINITY;
  return (token.created_at ?? 0) + token.expires_in - now / 1000;
}

function ttlOf(config: Config): number | undefined {
  return config.token_expiration > 0 && config.refresh_token_ttl > 0 ? config.refresh_token_ttl : undefined;
}

function answerOf(config: Config, accessToken: string, refreshToken: string | null): TokenAnswer {
  return {
    access_token: accessToken,
    token_type: 'bearer',
    ...(config.token_expiration > 0 && { expires_in: config.token_expiration }),
    ...(refreshToken !== null && { refresh_token: refreshToken }),
  };
}

function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
