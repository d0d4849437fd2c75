import { hash } from 'node:crypto';
import { createLru } from '../../kernel/index.ts';
import type { Claims } from '../../kits/jwt/index.ts';
import { createTokenParser } from '../../kits/jwt/index.ts';
import {
  cookieAttributes,
  createSessionKeys,
  Session,
  type SessionSettings,
  type SessionStorage,
} from '../../kits/sessions/index.ts';
import type { Kong } from '../../pdk/index.ts';
import type { Admission, Grant } from './admission.ts';
import { isClaims } from './claims.ts';
import type { Config } from './schema/index.ts';
import { isSecure, siteOf } from './urls.ts';

/** What is kept of a user who signed in. */
export interface UserTokens {
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string | undefined;
  /** End of the access token in seconds since the epoch; undefined where it is not known. */
  readonly expiresAt: number | undefined;
  readonly scope: string | undefined;
  /** The access token was signed by the provider, for all to read. */
  readonly isSigned: boolean;
  readonly userInfo: Claims | undefined;
}

/** A session with the tokens in it. */
export interface OpenSession {
  readonly session: Session;
  readonly tokens: UserTokens;
}

/** Sessions of users of one configuration. Methods that have to do with a store fail while that is away. */
export interface UserSessions {
  /** The session that the request brings, and whose tokens it holds; undefined without one. */
  open(kong: Kong): Promise<OpenSession | undefined>;
  /** Gives the client a session; false when it is too large for cookies. `former` is the one whose place it takes. */
  begin(kong: Kong, tokens: UserTokens, former?: Session): Promise<boolean>;
  /** Renews the session or notes that it is in use, when it is time to. */
  keepUp(kong: Kong, session: Session): Promise<void>;
  /** Ends the session. */
  end(kong: Kong, session: Session): Promise<void>;
  /** What the tokens of a session come to. */
  admissionOf(tokens: UserTokens): Admission;
  /** True for the name, in lower case, of a cookie of a session. */
  isName(name: string): boolean;
}

/** Tokens whose admissions one worker remembers for one configuration. */
const maxKnown = 2_000;
/** Seconds for which a session in a store is good after it was renewed, for requests on their way. */
const storedFor = 60;

/** Creates {@link UserSessions}. `secret` is what they are encrypted with. */
export function createUserSessions(
  config: Config,
  secret: string,
  clientId: string,
  now: () => number,
  admit: (grant: Grant) => Admission,
  storage: SessionStorage | undefined,
): UserSessions {
  const keys = createSessionKeys(secret);
  const cookieName = config.session_cookie_name.toLowerCase();
  const settings = { open: settingsOf(config, keys, storage, false), secure: settingsOf(config, keys, storage, true) };
  const settingsFor = (kong: Kong): SessionSettings =>
    (config.session_cookie_secure ?? isSecure(kong)) ? settings.secure : settings.open;
  const known = createLru<string, Admission>(maxKnown);
  const parseToken = createTokenParser();

  /** Sends the cookies of a session, once what goes with them is stored. */
  async function send(kong: Kong, session: Session): Promise<void> {
    const writes = session.takeWrites();
    if (writes.length > 0) await Promise.all(writes);
    for (const cookie of session.takeCookies()) kong.response.addHeader('Set-Cookie', cookie);
  }

  function claimsIn(text: string): readonly Claims[] {
    const token = parseToken(text);
    return typeof token === 'string' ? [] : [token.claims];
  }

  return {
    isName: (name) => name.startsWith(cookieName) && /^\d?$/.test(name.slice(cookieName.length)),
    async open(kong) {
      const session = new Session(settingsFor(kong), kong.request.getHeaderValues('cookie'), now());
      if (!(await session.open())) return undefined;
      const tokens = tokensIn(session.data, config.issuer, clientId);
      return tokens === undefined ? undefined : { session, tokens };
    },
    async begin(kong, tokens, former) {
      const session = former ?? new Session(settingsFor(kong), [], now());
      const [claims] = claimsIn(tokens.idToken);
      const subject = claims?.['sub'];
      session.set([config.issuer, clientId, tokens], typeof subject === 'string' ? subject : '');
      if (!session.save()) return false;
      await send(kong, session);
      return true;
    },
    async keepUp(kong, session) {
      if (!session.refresh()) kong.log.warn('Cannot renew a session: it is too large for cookies');
      await send(kong, session);
    },
    async end(kong, session) {
      session.logout();
      await send(kong, session);
    },
    admissionOf(tokens) {
      const { accessToken, idToken, userInfo, scope, isSigned } = tokens;
      const key = hash('sha256', `${accessToken}\n${idToken}`, 'base64');
      const found = known.get(key);
      if (found !== undefined) return found;
      const sources = [
        ...(isSigned ? claimsIn(accessToken) : []),
        ...claimsIn(idToken),
        ...(userInfo === undefined ? [] : [userInfo]),
        ...(scope === undefined ? [] : [{ scope }]),
      ];
      const admission = admit({ sources, accessToken, idToken, userInfo });
      known.set(key, admission);
      return admission;
    },
  };
}

function settingsOf(
  config: Config,
  keys: SessionSettings['keys'],
  storage: SessionStorage | undefined,
  secure: boolean,
): SessionSettings {
  return {
    keys,
    storage,
    audience: config.session_audience,
    staleTtl: storedFor,
    attributes: cookieAttributes({
      domain: config.session_cookie_domain,
      path: config.session_cookie_path,
      sameSite: siteOf(config.session_cookie_same_site),
      secure,
      httpOnly: config.session_cookie_http_only,
    }),
    session: {
      name: config.session_cookie_name,
      lasts: false,
      rollingTimeout: config.session_rolling_timeout,
      absoluteTimeout: config.session_absolute_timeout,
      idlingTimeout: config.session_idling_timeout,
    },
    remember: undefined,
  };
}

/** The tokens in a session of this provider and client; the session of another configuration with the same secret is none. */
function tokensIn(data: readonly unknown[], issuer: string, clientId: string): UserTokens | undefined {
  if (data[0] !== issuer || data[1] !== clientId || !isClaims(data[2])) return undefined;
  return data[2] as unknown as UserTokens;
}
