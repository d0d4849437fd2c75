import { hash, randomBytes } from 'node:crypto';
import type { Refusal } from '../../kits/credentials/index.ts';
import { claimOf, createTokenParser, judgeSignature } from '../../kits/jwt/index.ts';
import type { Kong, PluginHost } from '../../pdk/index.ts';
import type { Calls, Tokens } from './calls.ts';
import { isInForce } from './claims.ts';
import { readIdToken } from './id-token.ts';
import { rulesOf } from './judge-token.ts';
import type { Login, LoginCookies } from './login-cookies.ts';
import type { Metadata } from './metadata.ts';
import type { Provider } from './provider.ts';
import type { Refusals } from './refusals.ts';
import type { Config } from './schema/index.ts';
import { ownTarget, ownUrl, withArguments } from './urls.ts';
import type { UserSessions, UserTokens } from './user-session.ts';

/** Signs users in by authorization code (OpenID Connect Core 1.0 section 3.1). */
export interface Logins {
  /** Sends the browser to the provider. */
  begin(kong: Kong): Promise<Refusal | undefined>;
  /**
   * True for the request with which the provider sends the browser back. Where it may send it anywhere, a user who
   * `isKnown` may have arguments of such names in mind for the upstream: only a login that is under way counts then.
   */
  isReturn(kong: Kong, isKnown: boolean): boolean;
  /** Takes what the provider sent; tokens when the request is to go on. */
  finish(kong: Kong): Promise<Refusal | UserTokens | undefined>;
  /** Reads tokens of the token endpoint; undefined where they are no good. `nonce` is undefined for a renewal. */
  readTokens(tokens: Tokens, nonce: string | undefined, former?: UserTokens): Promise<UserTokens | undefined>;
}

/** What {@link createLogins} needs. */
export interface LoginsOptions {
  readonly config: Config;
  readonly clientId: string;
  readonly host: PluginHost;
  readonly provider: Provider;
  readonly calls: Calls;
  readonly cookies: LoginCookies;
  readonly sessions: UserSessions;
  readonly refusals: Refusals;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

const noStore = { 'Cache-Control': 'no-store' };

/** Creates {@link Logins}. */
export function createLogins(options: LoginsOptions): Logins {
  const { config, clientId, host, provider, calls, cookies, sessions, refusals, now, warn } = options;
  const redirectUri = config.redirect_uri?.[0];
  const returnPath = redirectUri === undefined ? undefined : new URL(redirectUri).pathname;
  const parseToken = createTokenParser();
  const random = (): string => randomBytes(32).toString('base64url');

  function authorizationUrl(url: string, login: Login): string {
    const extra = config.authorization_query_args_names ?? [];
    return withArguments(url, [
      ...extra.map((name, at) => [name, config.authorization_query_args_values?.[at] ?? ''] as const),
      ['response_type', 'code'],
      ['client_id', clientId],
      ['redirect_uri', login.redirectUri],
      ['scope', config.scopes.join(' ')],
      ['state', login.state],
      ['nonce', login.nonce],
      ...(config.audience ?? []).map((name) => ['audience', name] as const),
      ...(login.verifier === ''
        ? []
        : ([
            ['code_challenge', hash('sha256', login.verifier, 'base64url')],
            ['code_challenge_method', 'S256'],
          ] as const)),
    ]);
  }

  function refuse(kong: Kong, why: string): Refusal {
    kong.log.warn(`Cannot sign in: ${why}`);
    return refusals.missing;
  }

  /** The code that came back with a state that this browser was given, once; else why not. */
  function codeOf(kong: Kong, login: Login | undefined, state: string, metadata: Metadata): string | { why: string } {
    const { request } = kong;
    if (login === undefined) return { why: 'the login was not begun by this browser, or too long ago' };
    const key = `openid-connect:state:${hash('sha256', state, 'base64url')}`;
    if (host.counters.add(key, 1, login.expiresAt * 1000) > 1) return { why: 'the login was finished before' };
    const issuer = request.getQueryArg('iss');
    // RFC 9207: what another provider sends is not to be shown to this one.
    if (issuer !== undefined && issuer !== metadata.issuer) return { why: 'another provider answered' };
    const error = request.getQueryArg('error');
    if (typeof error === 'string') return { why: `the provider says ${JSON.stringify(error.slice(0, 60))}` };
    const code = request.getQueryArg('code');
    return typeof code === 'string' && code !== '' ? code : { why: 'the provider sent no code' };
  }

  /** Whom an ID token is about that was found good. */
  function subjectOf(text: string): unknown {
    const token = parseToken(text);
    return typeof token === 'string' ? undefined : claimOf(token.claims, 'sub');
  }

  async function readTokens(
    tokens: Tokens,
    nonce: string | undefined,
    former?: UserTokens,
  ): Promise<UserTokens | undefined> {
    const metadata = await provider.metadata();
    if (metadata === undefined) return undefined;
    const rules = rulesOf(config, metadata.issuer);
    const { accessToken, idToken } = tokens;
    if (idToken !== undefined) {
      const context = { provider, rules, clientId, nonce, accessToken, now: now() };
      const claims = await readIdToken(idToken, context, warn);
      if (claims === undefined) return undefined;
      if (former !== undefined && claimOf(claims, 'sub') !== subjectOf(former.idToken)) {
        warn('The provider renews the tokens of another user');
        return undefined;
      }
    } else if (former === undefined) {
      warn('The provider gives no ID token: is "openid" among the scopes?');
      return undefined;
    }
    const parsed = parseToken(accessToken);
    const isSigned =
      typeof parsed === 'object' &&
      isInForce(parsed.claims, rules, now()) &&
      (await judgeSignature(provider.keys, parsed)) === 'good';
    const found = config.search_user_info ? await calls.userInfo(accessToken) : undefined;
    // OpenID Connect Core 1.0 section 5.3.2.
    const isSame = typeof found === 'object' && claimOf(found.value, 'sub') === subjectOf(idToken ?? former!.idToken);
    if (typeof found === 'object' && !isSame) warn('The provider tells of another user');
    return {
      accessToken,
      idToken: idToken ?? former!.idToken,
      refreshToken: tokens.refreshToken ?? former?.refreshToken,
      expiresAt: tokens.expiresIn === undefined ? undefined : now() + tokens.expiresIn,
      scope: tokens.scope ?? former?.scope,
      isSigned,
      userInfo: isSame ? found.value : former?.userInfo,
    };
  }

  return {
    readTokens,
    async begin(kong) {
      const metadata = await provider.metadata();
      const url = config.authorization_endpoint ?? metadata?.authorizationEndpoint;
      if (metadata === undefined || url === undefined) return refusals.away;
      const login: Login = {
        state: random(),
        nonce: random(),
        verifier: config.require_proof_key_for_code_exchange ? random() : '',
        target: ownTarget(kong),
        redirectUri: redirectUri ?? ownUrl(kong),
        expiresAt: now() + config.authorization_rolling_timeout,
      };
      cookies.put(kong, login, now());
      kong.response.exit(302, null, { ...noStore, Location: authorizationUrl(url, login) });
      return undefined;
    },

    isReturn(kong, isKnown) {
      const { request } = kong;
      if (request.getRawQuery() === '' || request.getMethod() !== 'GET') return false;
      const state = request.getQueryArg('state');
      if (typeof state !== 'string' || state === '') return false;
      if (request.getQueryArg('code') === undefined && request.getQueryArg('error') === undefined) return false;
      if (returnPath !== undefined) return request.getPath() === returnPath;
      return !isKnown || cookies.find(kong, state, now()) !== undefined;
    },

    async finish(kong) {
      const state = kong.request.getQueryArg('state') as string;
      const login = cookies.find(kong, state, now());
      cookies.drop(kong, state);
      const metadata = await provider.metadata();
      if (metadata === undefined) return refusals.away;
      const code = codeOf(kong, login, state, metadata);
      if (typeof code !== 'string') return refuse(kong, code.why);
      const { nonce, verifier, redirectUri: usedUri, target } = login!;
      const called = await calls.tokens([
        ['grant_type', 'authorization_code'],
        ['code', code],
        ['redirect_uri', usedUri],
        ...(verifier === '' ? [] : [['code_verifier', verifier] as const]),
      ]);
      if (called === 'away') return refusals.away;
      if (called === 'refused') return refuse(kong, 'the provider takes its code back');
      const tokens = await readTokens(called.value, nonce);
      if (tokens === undefined) return refuse(kong, 'the tokens are no good');
      if (!(await sessions.begin(kong, tokens))) return refuse(kong, 'the tokens are too large for cookies');
      if (config.login_action === 'upstream') return tokens;
      goTo(kong, config.login_redirect_uri?.[0] ?? target, config.session_cookie_same_site === 'Strict');
      return undefined;
    },
  };
}

/**
 * Sends the browser on. It comes from the provider's site, and a redirect would count as coming from there: cookies for
 * requests of the own site alone need a page in between.
 */
function goTo(kong: Kong, url: string, needsPage: boolean): void {
  if (!needsPage) return kong.response.exit(302, null, { ...noStore, Location: url });
  kong.response.exit(200, '<!doctype html><title>Signed in</title>', {
    ...noStore,
    'Content-Type': 'text/html; charset=utf-8',
    Refresh: `0; url=${url}`,
  });
}
