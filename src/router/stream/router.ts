import type { FieldsFlavor } from '../traditional/flavor.ts';
import type { RouteTarget } from '../types.ts';
import { compareEntries, compileStreamEntry, meets, type StreamEntry } from './entry.ts';
import type { StreamRequest, StreamRouter } from './types.ts';

/**
 * Creates an empty router for connections: routes by sources, destinations and server names. Routes are filed under the
 * ports of their destinations or under their server names where they can be, so that a connection asks few of them.
 */
export function createStreamFieldsRouter<T extends RouteTarget = RouteTarget>(flavor: FieldsFlavor): StreamRouter<T> {
  const entries = new Map<string, StreamEntry<T>>();
  const byPort = new Map<number, StreamEntry<T>[]>();
  const byName = new Map<string, StreamEntry<T>[]>();
  const others: StreamEntry<T>[] = [];

  function file(entry: StreamEntry<T>, change: (list: StreamEntry<T>[], entry: StreamEntry<T>) => void): void {
    const ports = entry.destinations?.ports;
    const { snis } = entry;
    if (ports !== undefined) fileUnder(byPort, ports, entry, change);
    else if (snis !== undefined && snis.suffixes.length === 0 && snis.prefixes.length === 0) {
      fileUnder(byName, snis.exact, entry, change);
    } else change(others, entry);
  }

  function remove(id: string): void {
    const known = entries.get(id);
    if (known === undefined) return;
    entries.delete(id);
    file(known, takeOut);
  }

  return {
    match(request) {
      let best = firstOf(byPort.get(request.port), request, undefined);
      best = firstOf(others, request, best);
      if (request.sni !== undefined) best = firstOf(byName.get(request.sni), request, best);
      return best?.target;
    },
    put(target) {
      const entry = compileStreamEntry(target, flavor);
      remove(target.route['id'] as string);
      if (entry === undefined) return;
      entries.set(entry.id, entry);
      file(entry, putIn);
    },
    delete: remove,
    get size() {
      return entries.size;
    },
  };

  /** The first of a sorted list that the connection meets, or `best` if that goes before it. */
  function firstOf(
    list: readonly StreamEntry<T>[] | undefined,
    request: StreamRequest,
    best: StreamEntry<T> | undefined,
  ): StreamEntry<T> | undefined {
    if (list === undefined) return best;
    for (const entry of list) {
      if (best !== undefined && compareEntries(best, entry) < 0) return best;
      if (meets(entry, request)) return entry;
    }
    return best;
  }
}

function fileUnder<K, E>(
  lists: Map<K, E[]>,
  keys: ReadonlySet<K>,
  entry: E,
  change: (list: E[], entry: E) => void,
): void {
  for (const key of keys) {
    let list = lists.get(key);
    if (list === undefined) {
      list = [];
      lists.set(key, list);
    }
    change(list, entry);
    if (list.length === 0) lists.delete(key);
  }
}

function placeIn<T extends RouteTarget>(list: readonly StreamEntry<T>[], entry: StreamEntry<T>): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntries(list[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function putIn<T extends RouteTarget>(list: StreamEntry<T>[], entry: StreamEntry<T>): void {
  list.splice(placeIn(list, entry), 0, entry);
}

function takeOut<T extends RouteTarget>(list: StreamEntry<T>[], entry: StreamEntry<T>): void {
  list.splice(placeIn(list, entry), 1);
}
