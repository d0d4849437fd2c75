import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/index.ts';
import type { Handlers, Kong } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { type Directives, parseDirectives } from './cache-control.ts';
import { createKeyBuilder, variantKey } from './cache-key.ts';
import { createHeadReader, type KeptHead } from './cacheable.ts';
import type { CachedAnswer } from './cached-answer.ts';
import type { Flights } from './flights.ts';
import { isFresh, type Looked, lookUp } from './lookup.ts';
import { createReplay, type ForwardReason } from './replay.ts';
import type { config as fields } from './schema.ts';
import { type Strategy, unreadable } from './strategies/strategy.ts';

type Config = StoredOf<typeof fields>;

/** What {@link createHandlers} needs. */
export interface HandlersOptions {
  readonly config: Config;
  readonly strategy: Strategy;
  readonly flights: Flights;
  readonly clock: Clock;
}

/** A request whose answer may be stored. */
interface Fetching {
  readonly key: string;
  /** Of the key when it was looked up. */
  readonly version: number;
  readonly stale: CachedAnswer | undefined;
  readonly variants: CachedAnswer['variants'];
  readonly reason: ForwardReason;
  /** Others wait for this one. */
  isAwaited: boolean;
  /** The body so far; undefined while nothing is stored. */
  chunks: Uint8Array[] | undefined;
  bytes: number;
  head: KeptHead | undefined;
  /** A stale answer's body, which the client gets in place of an error's. */
  replacement: Uint8Array | undefined;
}

const noDirectives: Directives = new Map();
const empty = new Uint8Array();

/** Statuses in whose place a stale answer may be given (RFC 5861 section 4). */
const errors = new Set([500, 502, 503, 504]);

/** Makes the handlers of one configuration. */
export function createHandlers({ config, strategy, flights, clock }: HandlersOptions): Handlers {
  const methods: ReadonlySet<string> = new Set(config.request_method);
  const keyOf = createKeyBuilder(config);
  const obeys = config.cache_control;
  const ttl = config.cache_ttl ?? 300;
  const whileRevalidating = config.stale_while_revalidate ?? 0;
  const ifError = config.stale_if_error ?? 0;
  const longestStale = Math.max(whileRevalidating, ifError);
  const limits = { obeysCacheControl: obeys, ttl, keepsStale: longestStale > 0 };
  const usesFlights = config.request_coalescing || whileRevalidating > 0;
  const replay = createReplay(config.response_headers, config.cache_status);
  const seconds = (): number => Math.floor(clock.now() / 1000);
  const headOf = createHeadReader(config, seconds);

  function goUpstream(kong: Kong, key: string, status: string, looked: Looked, isAwaited: boolean): void {
    const { found, variants } = looked;
    replay.tell(kong, 'X-Cache-Key', key);
    replay.tell(kong, 'X-Cache-Status', status);
    const fetching: Fetching = {
      key,
      version: strategy.version(key),
      stale: found === unreadable ? undefined : found,
      variants,
      reason: found !== undefined && found !== unreadable ? staleReason(found) : variants ? 'vary-miss' : 'uri-miss',
      isAwaited,
      chunks: undefined,
      bytes: 0,
      head: undefined,
      replacement: undefined,
    };
    kong.ctx.plugin['fetching'] = fetching;
  }

  function decide(kong: Kong, key: string, wishes: Directives, looked: Looked, mayWait: boolean): void | Promise<void> {
    const { found } = looked;
    const now = seconds();
    if (found !== undefined && found !== unreadable && isFresh(found, now, limits, wishes)) {
      return replay.give(kong, key, found, now, 'Hit');
    }
    if (found === undefined && wishes.has('only-if-cached')) {
      replay.tell(kong, 'X-Cache-Key', key);
      return kong.response.exit(504);
    }
    const status = found === undefined ? 'Miss' : found === unreadable ? 'Bypass' : 'Refresh';
    if (!usesFlights) return goUpstream(kong, key, status, looked, false);
    const turn = mayWait ? flights.take(key) : 'apart';
    if (turn !== 'later') return goUpstream(kong, key, status, looked, turn === 'first');
    if (found !== undefined && found !== unreadable && mayBeStale(found, now, wishes)) {
      return replay.give(kong, key, found, now, 'Stale');
    }
    if (!config.request_coalescing) return goUpstream(kong, key, status, looked, false);
    return flights.wait(key).then(() => {
      const again = lookUp(kong, strategy, key);
      return again instanceof Promise
        ? again.then((one) => decide(kong, key, wishes, one, false))
        : decide(kong, key, wishes, again, false);
    });
  }

  /** Seconds for which an answer is past its time. */
  function staleness(answer: CachedAnswer, now: number): number {
    return now - answer.timestamp - (obeys ? answer.ttl : ttl);
  }

  function staleReason(answer: CachedAnswer): ForwardReason {
    return staleness(answer, seconds()) > 0 ? 'stale' : 'request';
  }

  /** While another request fetches the next answer this one will do, unless the client asks for better. */
  function mayBeStale(answer: CachedAnswer, now: number, wishes: Directives): boolean {
    const past = staleness(answer, now);
    return past > 0 && past <= whileRevalidating && !wishes.has('max-age') && !wishes.has('min-fresh');
  }

  /** Stores what was gathered; a promise where that takes a while. */
  function store(kong: Kong, fetching: Fetching): void | Promise<void> {
    const { key, version } = fetching;
    const { names, ...head } = fetching.head!;
    const answer = { ...head, body: joinChunks(fetching.chunks!, fetching.bytes), timestamp: seconds() };
    const kept = storageSeconds(answer.ttl);
    if (names === undefined) return strategy.store(key, answer, kept, version);
    // Purged or changed since: what was found out then may be wrong by now.
    if (strategy.version(key) !== version) return;
    let { variants } = fetching;
    if (variants?.names.join() !== names.join()) {
      variants = { nonce: randomUUID(), names };
      void strategy.store(key, { ...answer, body: empty, headers: {}, variants }, kept, version);
    }
    const own = variantKey(kong, key, variants!.nonce, names);
    return strategy.store(own, answer, kept, strategy.version(own));
  }

  /** The answer is whole: it is stored, and once it can be found those that wait for it go on. */
  function finish(kong: Kong, fetching: Fetching): void {
    const storing = store(kong, fetching);
    fetching.chunks = undefined;
    if (!fetching.isAwaited) return;
    // Not to be taken for one that was given up when the request ends.
    fetching.isAwaited = false;
    const landed = (): void => flights.land(fetching.key, true);
    if (storing instanceof Promise) void storing.then(landed, landed);
    else landed();
  }

  function storageSeconds(fresh: number): number {
    const kept = config.storage_ttl ?? (obeys ? fresh : ttl);
    // A second more: age is reckoned in whole ones.
    return longestStale === 0 || kept <= 0 ? kept : Math.max(kept, fresh + longestStale + 1);
  }

  /** Nothing comes of it: those that wait go upstream themselves. */
  function giveUp(fetching: Fetching): void {
    if (!fetching.isAwaited) return;
    fetching.isAwaited = false;
    flights.land(fetching.key, false);
  }

  return {
    access(kong) {
      const method = kong.request.getMethod();
      const wishes = obeys ? parseDirectives(kong.request.getHeaderValues('cache-control').join(', ')) : noDirectives;
      if (!methods.has(method) || wishes.has('no-store') || wishes.has('no-cache')) {
        if (config.cache_status) kong.ctx.plugin['passing'] = methods.has(method) ? 'request' : 'method';
        return replay.tell(kong, 'X-Cache-Status', 'Bypass');
      }
      const key = keyOf(kong, method);
      const looked = lookUp(kong, strategy, key);
      return looked instanceof Promise
        ? looked.then((one) => decide(kong, key, wishes, one, true))
        : decide(kong, key, wishes, looked, true);
    },
    headerFilter(kong) {
      const fetching = kong.ctx.plugin['fetching'] as Fetching | undefined;
      if (fetching === undefined) {
        const passing = kong.ctx.plugin['passing'] as ForwardReason | undefined;
        if (passing !== undefined) replay.tellForwarded(kong, passing, false);
        return;
      }
      const { stale } = fetching;
      const now = seconds();
      if (
        ifError > 0 &&
        stale !== undefined &&
        errors.has(kong.response.getStatus()) &&
        kong.response.getSource() !== 'exit' &&
        staleness(stale, now) <= ifError
      ) {
        replay.replace(kong, fetching.key, stale, now);
        fetching.replacement = stale.body;
        return giveUp(fetching);
      }
      fetching.head = headOf(kong);
      replay.tellForwarded(kong, fetching.reason, fetching.head !== undefined);
      if (fetching.head !== undefined) {
        fetching.chunks = [];
        return;
      }
      replay.tell(kong, 'X-Cache-Status', 'Bypass');
      giveUp(fetching);
    },
    bodyFilter(kong, chunk, last) {
      const fetching = kong.ctx.plugin['fetching'] as Fetching | undefined;
      if (fetching === undefined) return undefined;
      if (fetching.replacement !== undefined) return last ? fetching.replacement : empty;
      if (fetching.chunks === undefined) return undefined;
      fetching.bytes += chunk.length;
      if (fetching.bytes > config.max_body_size) {
        // Too large to keep: it flows on, and nothing of it is held any longer.
        fetching.chunks = undefined;
        giveUp(fetching);
        return undefined;
      }
      if (chunk.length > 0) fetching.chunks.push(chunk);
      if (last) finish(kong, fetching);
      return undefined;
    },
    log(kong) {
      // The client or the upstream went away on the way.
      const fetching = kong.ctx.plugin['fetching'] as Fetching | undefined;
      if (fetching !== undefined) giveUp(fetching);
    },
  };
}

function joinChunks(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = Buffer.alloc(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
