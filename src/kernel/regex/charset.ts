/**
 * A set of UTF-16 code units: inclusive ranges, flat (`[low, high, low, high, ...]`), sorted, neither touching nor
 * overlapping.
 */
export type CharSet = readonly number[];

/** The last code unit that a set can hold. */
export const lastUnit = 0xffff;

/** Every code unit. */
export const anyUnit: CharSet = [0, lastUnit];

/** Builds a set from inclusive ranges in any order. */
export function charSet(...ranges: readonly (readonly [low: number, high: number])[]): CharSet {
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const flat: number[] = [];
  for (const [low, high] of sorted) {
    const end = flat.length - 1;
    if (end > 0 && low <= flat[end]! + 1) flat[end] = Math.max(flat[end]!, high);
    else flat.push(low, high);
  }
  return flat;
}

/** What is in at least one of the sets. */
export function unionOf(...sets: readonly CharSet[]): CharSet {
  return charSet(...sets.flatMap((set) => rangesOf(set)));
}

/** The set's ranges as pairs. */
export function rangesOf(set: CharSet): (readonly [low: number, high: number])[] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i]!, set[i + 1]!]);
  return pairs;
}

/** What is not in the set. */
export function complementOf(set: CharSet): CharSet {
  const flat: number[] = [];
  let next = 0;
  for (const [low, high] of rangesOf(set)) {
    if (low > next) flat.push(next, low - 1);
    next = high + 1;
  }
  if (next <= lastUnit) flat.push(next, lastUnit);
  return flat;
}

/** True when some code unit is in both. */
export function overlaps(a: CharSet, b: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i + 1]! < b[j]!) i += 2;
    else if (b[j + 1]! < a[i]!) j += 2;
    else return true;
  }
  return false;
}

/** The set with the other case of each ASCII letter; PCRE folds no other letters outside its UTF mode. */
export function foldCase(set: CharSet): CharSet {
  const folded: [number, number][] = [];
  for (const [low, high] of rangesOf(set)) {
    folded.push([low, high]);
    shift(folded, low, high, 0x41, 0x5a, 32);
    shift(folded, low, high, 0x61, 0x7a, -32);
  }
  return charSet(...folded);
}

function shift(into: [number, number][], low: number, high: number, from: number, to: number, by: number): void {
  const start = Math.max(low, from);
  const end = Math.min(high, to);
  if (start <= end) into.push([start + by, end + by]);
}

const digit = charSet([0x30, 0x39]);
const upper = charSet([0x41, 0x5a]);
const lower = charSet([0x61, 0x7a]);
const alpha = unionOf(upper, lower);
const word = unionOf(alpha, digit, charSet([0x5f, 0x5f]));
const space = charSet([0x09, 0x0d], [0x20, 0x20]);
const blank = charSet([0x09, 0x09], [0x20, 0x20]);
const horizontal = unionOf(blank, charSet([0xa0, 0xa0]));
const vertical = charSet([0x0a, 0x0d], [0x85, 0x85]);
const newline = charSet([0x0a, 0x0a]);

/** Everything but a newline: what `.` stands for. */
export const notNewline = complementOf(newline);

/** The sets behind one-letter escapes, as PCRE2 reads them outside its UTF mode. */
export const escapeSets: ReadonlyMap<string, CharSet> = new Map([
  ['d', digit],
  ['D', complementOf(digit)],
  ['w', word],
  ['W', complementOf(word)],
  ['s', space],
  ['S', complementOf(space)],
  ['h', horizontal],
  ['H', complementOf(horizontal)],
  ['v', vertical],
  ['V', complementOf(vertical)],
  ['N', notNewline],
]);

/** The sets behind `[:name:]` inside a class. */
export const posixSets: ReadonlyMap<string, CharSet> = new Map([
  ['alnum', unionOf(alpha, digit)],
  ['alpha', alpha],
  ['ascii', charSet([0, 0x7f])],
  ['blank', blank],
  ['cntrl', charSet([0, 0x1f], [0x7f, 0x7f])],
  ['digit', digit],
  ['graph', charSet([0x21, 0x7e])],
  ['lower', lower],
  ['print', charSet([0x20, 0x7e])],
  ['punct', charSet([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', space],
  ['upper', upper],
  ['word', word],
  ['xdigit', charSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);
