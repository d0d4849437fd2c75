import { hkdfSync } from 'node:crypto';
import { GibbonError } from '../../kernel/index.ts';
import { type Refusal, whenReady } from '../../kits/credentials/index.ts';
import type { SessionStorage } from '../../kits/sessions/index.ts';
import type { Kong, PluginHost } from '../../pdk/index.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createCalls } from './calls.ts';
import { createClientLogins } from './client-logins.ts';
import { createCredentialSearch, hideCookies } from './find-credentials.ts';
import { createFlights } from './flights.ts';
import { createIdentities } from './identity.ts';
import { createTokenJudge, type Judged } from './judge-token.ts';
import { createLogins } from './login.ts';
import { createLoginCookies } from './login-cookies.ts';
import { createLogoutSearch, signOut } from './logout.ts';
import type { Provider } from './provider.ts';
import { createRefusals } from './refusals.ts';
import type { Config } from './schema/index.ts';
import { createSealedTexts } from './sealed-text.ts';
import { createTokenRenewal } from './token-renewal.ts';
import { isNavigation } from './urls.ts';
import { createUserSessions, type OpenSession, type UserTokens } from './user-session.ts';

/** Judges requests under one configuration. */
export interface RequestJudge {
  authenticate(kong: Kong): Refusal | undefined | Promise<Refusal | undefined>;
  /** Takes away the headers that only this plugin may set. */
  forget(kong: Kong): void;
}

/** Seconds before the end of an access token from which it is renewed. */
const renewBefore = 30;

/** Creates the {@link RequestJudge} of a configuration; `storage` is undefined for sessions in cookies. */
export function createRequestJudge(
  config: Config,
  provider: Provider,
  host: PluginHost,
  storage: SessionStorage | undefined,
): RequestJudge {
  const { clock } = host;
  const log = host.log.child('openid-connect');
  const warn = (message: string): void => log.warn(message);
  const now = (): number => Math.floor(clock.now() / 1000);
  const methods = new Set<string>(config.auth_methods);
  const clientId = config.client_id?.[0];
  const refusals = createRefusals(config);
  const flights = createFlights();
  const admit = createAdmission(config);
  const calls = createCalls({ config, provider, now, warn });
  const canIntrospect = methods.has('introspection') && clientId !== undefined;
  const judge = createTokenJudge({ config, provider, calls, clock, admit, flights, canIntrospect });
  const judgeClient = createClientLogins({ config, calls, clock, flights, judge, admit });
  const findCredentials = createCredentialSearch(config);
  const identities = createIdentities(config, host.core.consumers, refusals);
  const users = clientId === undefined ? undefined : createUsers(clientId);

  function createUsers(client: string) {
    const hasLogins = methods.has('authorization_code');
    if (!hasLogins && !methods.has('session')) return undefined;
    const secret = config.session_secret ?? secretFrom(config);
    const sessions = createUserSessions(config, secret, client, now, admit, storage);
    const cookies = createLoginCookies(config, createSealedTexts(secret, 'openid-connect login'));
    const logins = createLogins({
      config,
      clientId: client,
      host,
      provider,
      calls,
      cookies,
      sessions,
      refusals,
      now,
      warn,
    });
    return {
      sessions,
      logins,
      hasLogins,
      isLogout: createLogoutSearch(config),
      renewal: createTokenRenewal(host, calls, flights, config.timeout),
      isOwnCookie: (name: string) => sessions.isName(name) || cookies.isName(name),
      signOut: (kong: Kong) => signOut(kong, { config, clientId: client, provider, calls, sessions }),
    };
  }

  type Users = NonNullable<typeof users>;

  function conclude(
    kong: Kong,
    judged: Judged,
    token: string | undefined,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (judged === 'invalid') return refusals.invalid;
    if (judged === 'away') return refusals.away;
    return take(kong, judged, token, true);
  }

  /** `token` is what the request carries; what it shows is hidden where it `isShown` in it, and not a session. */
  function take(
    kong: Kong,
    admission: Admission,
    token?: string,
    isShown = false,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    return whenReady(identities.take(kong, admission, token, isShown), (refusal) => {
      if (refusal !== undefined) return sendAway(kong, config.forbidden_redirect_uri?.[0], refusal);
      if (users !== undefined) hideCookies(kong, users.isOwnCookie);
      return undefined;
    });
  }

  /** Sends a browser to the page for a refusal, where there is one; without an anonymous consumer to be. */
  function sendAway(kong: Kong, url: string | undefined, refusal: Refusal): Refusal | undefined {
    if (url === undefined || config.anonymous !== null || !isNavigation(kong)) return refusal;
    kong.response.exit(302, null, { Location: url, 'Cache-Control': 'no-store' });
    return undefined;
  }

  /** The tokens of a session, renewed when they are about to end; undefined when they have ended. */
  async function currentTokens(
    { sessions, logins, renewal }: Users,
    kong: Kong,
    opened: OpenSession,
  ): Promise<UserTokens | 'away' | undefined> {
    const { session, tokens } = opened;
    const { expiresAt, refreshToken } = tokens;
    const left = expiresAt === undefined ? Number.POSITIVE_INFINITY : expiresAt - now();
    const canRenew = refreshToken !== undefined && config.refresh_tokens;
    if (left > renewBefore || (left > 0 && !canRenew)) {
      await sessions.keepUp(kong, session);
      return tokens;
    }
    if (!canRenew) return undefined;
    const called = await renewal.renew(refreshToken);
    const renewed = typeof called === 'string' ? undefined : await logins.readTokens(called.value, undefined, tokens);
    if (renewed !== undefined) {
      const isKept = await sessions.begin(kong, renewed, session);
      if (!isKept) kong.log.warn('Cannot keep renewed tokens: too large for cookies');
      return renewed;
    }
    if (called === 'refused') {
      await sessions.end(kong, session);
      return undefined;
    }
    return left > 0 ? tokens : 'away';
  }

  /** Who brings no credentials: a user with a session, one who comes back from the provider, or one who is to sign in. */
  async function authenticateUser(kong: Kong, own: Users): Promise<Refusal | undefined> {
    const { sessions, logins } = own;
    const opened = await sessions.open(kong);
    if (own.hasLogins && logins.isReturn(kong, opened !== undefined)) {
      const outcome = await logins.finish(kong);
      if (outcome === undefined || 'status' in outcome) {
        return outcome && sendAway(kong, config.unauthorized_redirect_uri?.[0], outcome);
      }
      return await take(kong, sessions.admissionOf(outcome));
    }
    if (opened !== undefined) {
      const tokens = await currentTokens(own, kong, opened);
      if (tokens === 'away') return refusals.away;
      if (tokens !== undefined) return await take(kong, sessions.admissionOf(tokens));
    }
    if (own.hasLogins && config.anonymous === null && isNavigation(kong)) return await logins.begin(kong);
    return refuseUnknown(kong);
  }

  /** A store of sessions that is away is as a provider that is; anything else is a fault. */
  async function orAway(outcome: Promise<Refusal | undefined>): Promise<Refusal | undefined> {
    try {
      return await outcome;
    } catch (fault) {
      // Redis has told the log of it, once for all requests.
      if (storage !== undefined && fault instanceof GibbonError && fault.code.startsWith('ERR_REDIS'))
        return refusals.away;
      throw fault;
    }
  }

  function refuseUnknown(kong: Kong): Refusal | undefined {
    return sendAway(kong, config.unauthorized_redirect_uri?.[0], refusals.missing);
  }

  return {
    forget: (kong) => identities.forget(kong),
    authenticate(kong) {
      if (users?.isLogout(kong)) return orAway(users.signOut(kong).then(() => undefined));
      const shown = findCredentials(kong);
      if (shown === undefined) return users === undefined ? refuseUnknown(kong) : orAway(authenticateUser(kong, users));
      if (shown.kind === 'basic') {
        return judgeClient(shown.id, shown.secret).then((judged) => conclude(kong, judged, undefined));
      }
      return whenReady(judge.judge(shown.token), (judged) => conclude(kong, judged, shown.token));
    },
  };
}

/** A secret for sessions out of the client's, the same on all nodes; of another use, and so another one. */
function secretFrom({ issuer, client_secret }: Config): string {
  const secret = client_secret?.[0] ?? '';
  return Buffer.from(hkdfSync('sha256', secret, issuer, 'openid-connect session', 32)).toString('base64url');
}
