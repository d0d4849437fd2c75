import { hash } from 'node:crypto';
import type { PluginHost } from '../../pdk/index.ts';
import type { Called, Calls, Tokens } from './calls.ts';
import type { Flights } from './flights.ts';

/** Renews tokens with a refresh token, once per refresh token on the whole node. */
export interface TokenRenewal {
  renew(refreshToken: string): Promise<Called<Tokens>>;
}

/**
 * Milliseconds for which the outcome serves requests that still bring the old refresh token, such as those that a page
 * sends side by side: many providers take a second use of it for a theft and end everything.
 */
const outcomeLife = 60_000;
/** Milliseconds between two looks for what another worker is about to find out. */
const lookEvery = 20;

/** Creates a {@link TokenRenewal}; `timeout` is the time in milliseconds that a call may take. */
export function createTokenRenewal(
  { store, counters, clock, every }: Pick<PluginHost, 'store' | 'counters' | 'clock' | 'every'>,
  calls: Calls,
  flights: Flights,
  timeout: number,
): TokenRenewal {
  function outcomeAt(key: string): Called<Tokens> | undefined {
    const stored = store.get(key);
    return stored && (JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Called<Tokens>);
  }

  /** Waits for the worker that was first. */
  function awaitOther(key: string): Promise<Called<Tokens>> {
    const end = clock.monotonic() + timeout;
    return new Promise((resolve) => {
      const stop = every(lookEvery, () => {
        const outcome = outcomeAt(key) ?? (clock.monotonic() > end ? 'away' : undefined);
        if (outcome === undefined) return;
        stop();
        resolve(outcome);
      });
    });
  }

  async function renewOnce(key: string, refreshToken: string): Promise<Called<Tokens>> {
    const known = outcomeAt(key);
    if (known !== undefined) return known;
    // Each outcome that is stored makes another version, and so another race to be the first.
    const race = `${key}:${store.version(key)}`;
    if (counters.add(race, 1, clock.now() + timeout) > 1) return await awaitOther(key);
    const outcome = await calls.tokens([
      ['grant_type', 'refresh_token'],
      ['refresh_token', refreshToken],
    ]);
    // A provider that is away may be back for the next request.
    const life = outcome === 'away' ? 1_000 : outcomeLife;
    store.set(key, Buffer.from(JSON.stringify(outcome)), clock.now() + life);
    return outcome;
  }

  return {
    renew(refreshToken) {
      const key = `openid-connect:renewal:${hash('sha256', refreshToken, 'base64url')}`;
      return flights.join(key, () => renewOnce(key, refreshToken));
    },
  };
}
