import { tokenLower } from './chars.ts';
import { hashOfName } from './known-headers.ts';

/**
 * A header block made searchable: lower case, `_` as `-`. Both have the same length as the block itself, so offsets
 * found in one hold in the other. Values are changed too, but are never read from it.
 */
export type SearchBlock = string;

/** The {@link SearchBlock} of a block of lines that each follow an LF and end in CRLF. */
export function searchForm(block: string): SearchBlock {
  const lower = block.toLowerCase();
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower;
}

/**
 * Offset of the first value of `name` at or behind `from`, -1 when there is none. `name` is lower case with dashes. A name
 * can only stand behind an LF, and no LF can stand in a value, so a plain search finds names and nothing else.
 */
export function findHeader(search: SearchBlock, name: string, from = 0): number {
  const at = search.indexOf(soughtOf(name).needle, from);
  return at === -1 ? -1 : at + name.length + 2;
}

/** What is needed to look for a name. */
interface Sought {
  readonly needle: string;
  readonly hash: number;
}

/** Names are few and always the same, so what is searched for is made once; names from outside cannot fill it up. */
const known = new Map<string, Sought>();
const maxKnown = 2000;

function soughtOf(name: string): Sought {
  let sought = known.get(name);
  if (sought === undefined) {
    sought = { needle: `\n${name}:`, hash: hashOfName(name) };
    if (known.size < maxKnown) known.set(name, sought);
  }
  return sought;
}

/** The names that a head holds, as 64 bits: parsers set one for each name by its hash. */
export interface HeldNames {
  readonly namesLow: number;
  readonly namesHigh: number;
}

/** False when a head surely does not hold `name` (lower case with dashes), which spares the search for it. */
export function mayHold(names: HeldNames, name: string): boolean {
  const { hash } = soughtOf(name);
  return (((hash & 32) === 0 ? names.namesLow : names.namesHigh) & (1 << (hash & 31))) !== 0;
}

/** The value that starts at `at`, without blanks around it. */
export function valueAt(block: string, at: number): string {
  let end = block.indexOf('\r', at);
  if (end === -1) end = block.length;
  let start = at;
  while (start < end && isBlank(block.charCodeAt(start))) start += 1;
  while (end > start && isBlank(block.charCodeAt(end - 1))) end -= 1;
  return block.substring(start, end);
}

/** All values of `name` in the order of the lines. */
export function headerValues(block: string, search: SearchBlock, name: string): string[] {
  const values: string[] = [];
  let at = findHeader(search, name);
  while (at !== -1) {
    values.push(valueAt(block, at));
    at = findHeader(search, name, at);
  }
  return values;
}

/** Calls `visit` with each name as it came and its value, until it returns false. */
export function forEachHeader(block: string, visit: (name: string, value: string) => boolean | undefined): void {
  let at = 1;
  while (at < block.length) {
    const colon = block.indexOf(':', at);
    if (colon === -1) return;
    const end = block.indexOf('\r', colon);
    if (visit(block.substring(at, colon), valueAt(block, colon + 1)) === false) return;
    if (end === -1) return;
    at = end + 2;
  }
}

/** Values by lower-case name; several lines of one name become an array. At most `max` lines are taken. */
export function headerTable(block: string, max: number): { [name: string]: string | string[] } {
  const table: { [name: string]: string | string[] } = Object.create(null);
  let count = 0;
  forEachHeader(block, (name, value) => {
    if (count >= max) return false;
    count += 1;
    addTo(table, name.toLowerCase(), value);
    return true;
  });
  return table;
}

/** Adds a value to a header table. */
export function addTo(table: { [name: string]: string | string[] }, name: string, value: string): void {
  const known = table[name];
  if (known === undefined) table[name] = value;
  else if (typeof known === 'string') table[name] = [known, value];
  else known.push(value);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** True when `text` is a token (RFC 9110 section 5.6.2), as header names must be. */
export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || tokenLower[code] === 0) return false;
  }
  return true;
}
