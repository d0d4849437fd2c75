import { createHmac, randomBytes } from 'node:crypto';
import { type Clock, createLru } from '../../kernel/index.ts';
import type { Claims } from '../../kits/jwt/index.ts';
import type { Admission, Grant } from './admission.ts';
import type { Calls } from './calls.ts';
import { basicProof } from './client-auth.ts';
import type { Flights } from './flights.ts';
import type { Judged, TokenJudge } from './judge-token.ts';
import type { Config } from './schema/index.ts';

/** Clients that one worker remembers for one configuration. */
const maxKnown = 10_000;
/** Seconds before its end from which a token is fetched anew. */
const renewBefore = 5;

interface Known {
  /** Undefined where the provider refused. */
  readonly token: string | undefined;
  readonly claims: Claims;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What {@link createClientLogins} needs. */
export interface ClientLoginsOptions {
  readonly config: Config;
  readonly calls: Calls;
  readonly clock: Clock;
  readonly flights: Flights;
  readonly judge: TokenJudge;
  readonly admit: (grant: Grant) => Admission;
}

/**
 * Creates the judgement of id and secret of a client of the provider's: it is what comes of the token that the provider
 * gives for them (RFC 6749 section 4.4). Tokens are remembered by a keyed hash of both, and a refusal as well.
 */
export function createClientLogins(options: ClientLoginsOptions): (id: string, secret: string) => Promise<Judged> {
  const { config, calls, clock, flights, judge, admit } = options;
  const known = createLru<string, Known>(maxKnown);
  // Without it a copy of the memory could be tried with guesses.
  const pepper = randomBytes(32);
  const scope = config.scopes.filter((name) => name !== 'openid' && name !== 'offline_access').join(' ');

  async function fetchToken(key: string, id: string, secret: string): Promise<Known | 'away'> {
    const called = await calls.tokens(
      [
        ['grant_type', 'client_credentials'],
        ...(scope === '' ? [] : [['scope', scope] as const]),
        ...(config.audience ?? []).map((name) => ['audience', name] as const),
      ],
      basicProof(id, secret),
    );
    if (called === 'away') return 'away';
    const now = clock.now();
    const isRefused = called === 'refused';
    const own = isRefused ? config.cache_ttl_neg : (called.value.expiresIn ?? config.cache_ttl) - renewBefore;
    const entry: Known = isRefused
      ? { token: undefined, claims: {}, expiresAt: now + own * 1000 }
      : {
          token: called.value.accessToken,
          claims: {
            sub: id,
            client_id: id,
            ...(called.value.scope === undefined ? {} : { scope: called.value.scope }),
          },
          expiresAt: now + Math.min(own, config.cache_ttl) * 1000,
        };
    if (entry.expiresAt > now) known.set(key, entry);
    return entry;
  }

  return async (id, secret) => {
    const key = createHmac('sha256', pepper).update(`${id.length}:${id}:${secret}`).digest('base64');
    const found = known.get(key);
    const isGood = found !== undefined && clock.now() < found.expiresAt;
    const entry = isGood ? found : await flights.join(`client:${key}`, () => fetchToken(key, id, secret));
    if (entry === 'away') return 'away';
    if (entry.token === undefined) return 'invalid';
    // A token that is meant for others to read says nothing here: that the provider gave it is what counts then.
    const admission = judge.canJudge(entry.token)
      ? await judge.judge(entry.token)
      : admit({ sources: [entry.claims], accessToken: undefined, idToken: undefined, userInfo: undefined });
    if (admission === 'invalid') known.delete(key);
    if (typeof admission === 'string') return admission;
    const { grant } = admission;
    return { ...admission, grant: { ...grant, accessToken: entry.token } };
  };
}
