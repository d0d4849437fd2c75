import { createLru } from '../../kernel/index.ts';
import type { RouteMatch, RouteRequest, RouteTarget } from '../types.ts';
import type { HostIndex } from './host-index.ts';

/** What came of a request before; `match` is undefined when there was none. */
export interface Outcome<T extends RouteTarget> {
  readonly match: RouteMatch<T> | undefined;
}

/** Remembers outcomes that cost more than a look-up to find again. */
export interface OutcomeCache<T extends RouteTarget> {
  /**
   * The remembered outcome, unless a route that could change it came or went since. Ask after the host was looked up.
   */
  get(request: RouteRequest): Outcome<T> | undefined;
  set(request: RouteRequest, match: RouteMatch<T> | undefined): void;
}

interface Remembered<T extends RouteTarget> extends Outcome<T> {
  readonly host: string;
  readonly method: string;
  readonly scheme: RouteRequest['scheme'];
  readonly port: number;
  readonly sni: string | undefined;
  readonly validity: number;
  readonly bucket: object | undefined;
  readonly next: Remembered<T> | undefined;
}

/** Longer paths are matched anew each time: they are rare, and their owner is the sender. */
const longestPath = 1024;

/** Outcomes of one path for different hosts, methods and server names. */
const mostPerPath = 8;

/**
 * Keyed by the path alone, with the few outcomes of one path in a chain: a key of all that matters would be a new long
 * string, to be joined and hashed, for each request.
 */
export function createOutcomeCache<T extends RouteTarget>(size: number, hosts: HostIndex<T>): OutcomeCache<T> {
  if (size <= 0) return { get: () => undefined, set: () => {} };
  const chains = createLru<string, Remembered<T>>(size);

  function isFresh(outcome: Remembered<T>): boolean {
    return outcome.bucket === hosts.plainBucket && outcome.validity >= hosts.lastChange;
  }

  return {
    get(request) {
      for (let at = chains.get(request.path); at !== undefined; at = at.next) {
        if (isSame(at, request)) return isFresh(at) ? at : undefined;
      }
      return undefined;
    },
    set(request, match) {
      if (request.path.length > longestPath) return;
      let next: Remembered<T> | undefined;
      let count = 1;
      for (let at = chains.get(request.path); at !== undefined && count < mostPerPath; at = at.next) {
        if (isSame(at, request)) continue;
        next = { ...at, next };
        count += 1;
      }
      chains.set(ownText(request.path), {
        match,
        host: ownText(request.host),
        method: ownText(request.method),
        scheme: request.scheme,
        port: request.port,
        sni: request.sni,
        validity: hosts.tick,
        bucket: hosts.plainBucket,
        next,
      });
    },
  };
}

function isSame(outcome: Remembered<RouteTarget>, request: RouteRequest): boolean {
  return (
    outcome.host === request.host &&
    outcome.method === request.method &&
    outcome.scheme === request.scheme &&
    outcome.sni === request.sni &&
    outcome.port === request.port
  );
}

/**
 * Text that keeps nothing but itself alive: what was cut out of a request's head would keep the whole head. Cutting
 * from a text just joined refers to that one instead; V8 copies what is shorter than 13 characters anyway.
 */
function ownText(text: string): string {
  return text.length < 13 ? text : `${text} `.slice(0, -1);
}
