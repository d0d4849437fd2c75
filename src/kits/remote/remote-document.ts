import { type Clock, type Logger, messageOf } from '../../kernel/index.ts';
import type { SharedStore } from '../../pdk/index.ts';

/** What a document is made of. Times are in milliseconds. */
export interface RemoteDocumentOptions<T> {
  /** What the document is, for the log: `keys of "https://id.test"`. */
  readonly name: string;
  /** Fetches the document's text; fails when it cannot be had, within a time of its own. */
  readonly load: () => Promise<string>;
  /** Reads a text. @throws when it is no such document. */
  readonly parse: (text: string) => T;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long a document is good; it is renewed when three quarters of that are over. */
  readonly life: number;
  /** How much longer the last good document serves while no other can be had. */
  readonly grace: number;
  /** Least time between two calls of {@link RemoteDocument.renew} that fetch, and after a try that failed. */
  readonly coolDown: number;
  /** Memory shared by the workers, and the document's key in it: what one of them fetched serves the others. */
  readonly store: SharedStore;
  readonly key: string;
}

/** A document of another server. */
export interface RemoteDocument<T> {
  /**
   * The document: at once when there is one that is good, or was good and cannot be had anew; else it is fetched.
   * Undefined when there is none.
   */
  get(): T | undefined | Promise<T | undefined>;
  /**
   * A document that is newer than the one that {@link RemoteDocument.get} gives, because something is missing in that one.
   * Undefined when that was asked for a short while ago, or the document cannot be fetched.
   */
  renew(): Promise<T | undefined>;
  /** Renews the document when it is time to; to be called now and then. */
  tend(): void;
}

interface Copy<T> {
  readonly text: string;
  readonly fetchedAt: number;
  readonly value: T;
}

/** Part of a document's life after which it is renewed. */
const renewAfter = 0.75;

/** Creates a {@link RemoteDocument}. Nothing is fetched before somebody asks. */
export function createRemoteDocument<T>(options: RemoteDocumentOptions<T>): RemoteDocument<T> {
  const { name, load, parse, clock, log, life, grace, coolDown, store, key } = options;
  let copy: Copy<T> | undefined;
  let failedAt = -Infinity;
  let renewedAt = -Infinity;
  let hasFailed = false;
  let flight: Promise<T | undefined> | undefined;

  const lastsUntil = (fetchedAt: number): number => fetchedAt + life + grace;

  /** The same text keeps the same value, so that others can hold on to it. */
  function keep(text: string, fetchedAt: number): T {
    const value = copy?.text === text ? copy.value : parse(text);
    copy = { text, fetchedAt, value };
    return value;
  }

  /** Takes what another worker fetched, if that is newer than `after`. */
  function takeShared(after: number): boolean {
    const stored = store.get(key);
    if (stored === undefined) return false;
    try {
      const { text, fetchedAt } = JSON.parse(Buffer.from(stored.bytes).toString('utf8')) as Omit<Copy<T>, 'value'>;
      if (!(fetchedAt > after)) return false;
      keep(text, fetchedAt);
      return true;
    } catch {
      return false;
    }
  }

  async function fetchIt(): Promise<T | undefined> {
    try {
      const text = await load();
      const now = clock.now();
      const value = keep(text, now);
      store.set(key, Buffer.from(JSON.stringify({ text, fetchedAt: now })), lastsUntil(now));
      if (hasFailed) log.notice(`Can fetch ${name} again`);
      hasFailed = false;
      return value;
    } catch (fault) {
      if (!hasFailed) log.warn(`Cannot fetch ${name}${outlook()}: ${messageOf(fault)}`);
      hasFailed = true;
      failedAt = clock.monotonic();
      return undefined;
    } finally {
      flight = undefined;
    }
  }

  function outlook(): string {
    const left = copy === undefined ? 0 : Math.floor((lastsUntil(copy.fetchedAt) - clock.now()) / 1000);
    return left > 0 ? ` (what is known of it serves for ${left} s more)` : '';
  }

  /** Fetches unless that is under way or has failed a short while ago. */
  function refresh(): Promise<T | undefined> {
    if (flight !== undefined) return flight;
    if (clock.monotonic() - failedAt < coolDown) return Promise.resolve(undefined);
    flight = fetchIt();
    return flight;
  }

  function isGood(now: number): boolean {
    return copy !== undefined && now < lastsUntil(copy.fetchedAt);
  }

  function tend(): void {
    const now = clock.now();
    if (copy === undefined || now < copy.fetchedAt + life * renewAfter) return;
    if (takeShared(copy.fetchedAt) && now < copy.fetchedAt + life * renewAfter) return;
    void refresh();
  }

  return {
    tend,
    get() {
      const now = clock.now();
      if (copy !== undefined && now < copy.fetchedAt + life * renewAfter) return copy.value;
      if (isGood(now)) {
        tend();
        return copy!.value;
      }
      if (takeShared(-Infinity) && isGood(now)) {
        tend();
        return copy!.value;
      }
      return refresh();
    },
    async renew() {
      const before = copy?.fetchedAt ?? -Infinity;
      if (flight === undefined) {
        if (takeShared(before)) return copy!.value;
        const now = clock.monotonic();
        if (now - renewedAt < coolDown) return undefined;
        renewedAt = now;
      }
      return await refresh();
    },
  };
}
