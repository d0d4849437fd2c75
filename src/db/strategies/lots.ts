import type { Key } from './strategy.ts';

/** How many keys a statement for many rows takes: always as many, so that it is prepared once. */
export const lotSize = 128;

/** The values of keys in lots of {@link lotSize}; the last lot is filled up with its last key. */
export function* inLots(keys: readonly Key[]): Generator<(string | number)[]> {
  for (let at = 0; at < keys.length; at += lotSize) {
    const values: (string | number)[] = [];
    for (let place = at; place < at + lotSize; place += 1) values.push(...keys[Math.min(place, keys.length - 1)]!);
    yield values;
  }
}
