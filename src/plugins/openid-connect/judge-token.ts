import { hash } from 'node:crypto';
import { type Clock, createLru } from '../../kernel/index.ts';
import { whenReady } from '../../kits/credentials/index.ts';
import { type Claims, claimOf, createTokenParser, judgeSignature, type KeySet } from '../../kits/jwt/index.ts';
import type { Admission, Grant } from './admission.ts';
import type { Calls } from './calls.ts';
import { type ClaimRules, findClaim, isForAccess, isInForce } from './claims.ts';
import type { Flights } from './flights.ts';
import type { Provider } from './provider.ts';
import type { Config } from './schema/index.ts';

/** What comes of credentials: an admission, `invalid`, or `away` when the provider is needed and cannot be asked. */
export type Judged = Admission | 'invalid' | 'away';

/** Judges access tokens. */
export interface TokenJudge {
  /** At once for a token that was judged before. */
  judge(token: string): Judged | Promise<Judged>;
  /** False for a token that cannot be read here, and that the provider cannot be asked about. */
  canJudge(token: string): boolean;
}

/** What {@link createTokenJudge} needs. */
export interface TokenJudgeOptions {
  readonly config: Config;
  readonly provider: Provider;
  readonly calls: Calls;
  readonly clock: Clock;
  readonly admit: (grant: Grant) => Admission;
  readonly flights: Flights;
  /** True for an endpoint and a client to introspect as. */
  readonly canIntrospect: boolean;
}

interface Known {
  readonly judged: Admission | 'invalid';
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** The keys that the token was judged by: with other ones it is judged again. */
  readonly keys: KeySet | undefined;
}

/** Characters of a token, and tokens that one worker remembers for one configuration. */
const maxToken = 32_768;
const maxKnown = 10_000;
/** RFC 6750 section 2.1. */
const tokenText = /^[\w.~+/-]+=*$/;

/** Issuers and leeway that tokens are held to, once the provider is known. */
export function rulesOf(config: Config, issuer: string): ClaimRules {
  return { issuers: [issuer, ...(config.issuers_allowed ?? [])], leeway: config.leeway };
}

/** Creates a {@link TokenJudge}. Tokens are remembered by their hashes: nothing that is kept opens anything. */
export function createTokenJudge(options: TokenJudgeOptions): TokenJudge {
  const { config, provider, calls, clock, admit, flights, canIntrospect } = options;
  const takesSigned = config.auth_methods.includes('bearer');
  const asksAlways = config.introspect_jwt_tokens && canIntrospect;
  const known = createLru<string, Known>(maxKnown);
  const parseToken = createTokenParser();

  /** Remembers what was found; `end` is the token's own, in seconds since the epoch. */
  function remember(key: string, judged: Admission | 'invalid', end: unknown, keys: KeySet | undefined): Judged {
    const now = clock.now();
    const life = judged === 'invalid' ? config.cache_ttl_neg : config.cache_ttl;
    const ownEnd = typeof end === 'number' ? (end + config.leeway) * 1000 : Number.POSITIVE_INFINITY;
    const expiresAt = Math.min(now + life * 1000, ownEnd);
    if (expiresAt > now) known.set(key, { judged, expiresAt, keys });
    return judged;
  }

  async function judgeSigned(key: string, text: string): Promise<Judged> {
    const token = parseToken(text);
    if (typeof token === 'string' || !isForAccess(token)) return 'invalid';
    // Keys that are renewed meanwhile are other ones: the token is judged once more then.
    const keys = await provider.keys.get();
    const verdict = await judgeSignature(provider.keys, token);
    if (verdict === 'bad') return 'invalid';
    const metadata = verdict === 'absent' ? undefined : await provider.metadata();
    if (metadata === undefined) return 'away';
    if (!isInForce(token.claims, rulesOf(config, metadata.issuer), Math.floor(clock.now() / 1000))) return 'invalid';
    if (asksAlways) return await introspect(key, text, token.claims);
    return await conclude(key, text, [token.claims], claimOf(token.claims, 'exp'), keys);
  }

  async function introspect(key: string, text: string, signed: Claims | undefined): Promise<Judged> {
    const called = await calls.introspect(text);
    if (called === 'away') return 'away';
    if (called === 'refused')
      return config.cache_introspection ? remember(key, 'invalid', undefined, undefined) : 'invalid';
    const claims = called.value;
    const metadata = await provider.metadata();
    // The provider need not tell issuer and end; what it tells counts.
    const now = Math.floor(clock.now() / 1000);
    const told = { iss: metadata?.issuer, exp: Number.POSITIVE_INFINITY, ...claims };
    if (metadata === undefined) return 'away';
    if (!isInForce(told, rulesOf(config, metadata.issuer), now)) return 'invalid';
    return await conclude(
      key,
      text,
      signed === undefined ? [claims] : [claims, signed],
      claimOf(claims, 'exp'),
      undefined,
    );
  }

  async function conclude(
    key: string,
    text: string,
    sources: readonly Claims[],
    end: unknown,
    keys: KeySet | undefined,
  ): Promise<Judged> {
    const found = config.search_user_info ? await calls.userInfo(text) : undefined;
    if (found === 'refused') return 'invalid';
    if (found === 'away') return 'away';
    const subject = findClaim(sources, ['sub']);
    // OpenID Connect Core 1.0 section 5.3.2.
    if (found !== undefined && subject !== undefined && claimOf(found.value, 'sub') !== subject) return 'invalid';
    const all = found === undefined ? sources : [...sources, found.value];
    const admission = admit({ sources: all, accessToken: undefined, idToken: undefined, userInfo: found?.value });
    const isFromProvider = keys === undefined;
    if (isFromProvider && !config.cache_introspection) return admission;
    return remember(key, admission, end, keys);
  }

  function judgeAnew(key: string, text: string): Judged | Promise<Judged> {
    if (text.length > maxToken || !tokenText.test(text)) return 'invalid';
    if (takesSigned && isSigned(text)) return flights.join(key, () => judgeSigned(key, text));
    return canIntrospect ? flights.join(key, () => introspect(key, text, undefined)) : 'invalid';
  }

  return {
    canJudge: (text) => canIntrospect || (takesSigned && isSigned(text)),
    judge(text) {
      const key = hash('sha256', text, 'base64');
      const found = known.get(key);
      if (found === undefined) return judgeAnew(key, text);
      if (clock.now() >= found.expiresAt) {
        known.delete(key);
        return judgeAnew(key, text);
      }
      if (found.keys === undefined) return found.judged;
      return whenReady(provider.keys.get(), (keys) => (keys === found.keys ? found.judged : judgeAnew(key, text)));
    },
  };
}

/** True for the shape of a signed token: three parts with dots between. */
function isSigned(text: string): boolean {
  const first = text.indexOf('.');
  const second = first === -1 ? -1 : text.indexOf('.', first + 1);
  return second !== -1 && text.indexOf('.', second + 1) === -1;
}
