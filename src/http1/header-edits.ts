import {
  addTo,
  findHeader,
  forEachHeader,
  headerTable,
  type SearchBlock,
  searchForm,
  valueAt,
} from './header-block.ts';
import { flat } from './latin1.ts';

/**
 * Changes laid over a header block: names that were set or cleared hide the lines of the block. The block itself is only
 * cut when it is written, and only if a hidden name stands in it.
 */
export class HeaderEdits {
  readonly #names: string[] = [];
  readonly #spelled: string[] = [];
  /** Texts to write for the name; an empty list clears it. */
  readonly #values: (readonly string[])[] = [];
  /** False when the lines of the block stay beside the added ones. */
  readonly #hides: boolean[] = [];

  get isEmpty(): boolean {
    return this.#names.length === 0;
  }

  /** Replaces all values; `lower` is the name in lower case. Values must have passed {@link headerText}. */
  set(name: string, lower: string, values: readonly string[]): void {
    const at = this.#names.indexOf(lower);
    if (at === -1) {
      this.#push(name, lower, values, true);
      return;
    }
    this.#spelled[at] = name;
    this.#values[at] = values;
    this.#hides[at] = true;
  }

  /** Adds values behind those that are there. */
  add(name: string, lower: string, values: readonly string[]): void {
    const at = this.#names.indexOf(lower);
    if (at === -1) this.#push(name, lower, values, false);
    else this.#values[at] = [...this.#values[at]!, ...values];
  }

  /** Removes all values. */
  clear(lower: string): void {
    const at = this.#names.indexOf(lower);
    if (at === -1) {
      this.#push(lower, lower, [], true);
      return;
    }
    this.#values[at] = [];
    this.#hides[at] = true;
  }

  /** True when the name was set, added to or cleared. */
  touches(lower: string): boolean {
    return this.#names.includes(lower);
  }

  /** The first value as it stands after the changes. */
  first(block: string, search: SearchBlock, lower: string): string | undefined {
    const at = this.#names.indexOf(lower);
    if (at !== -1 && this.#hides[at]) return this.#values[at]![0];
    const found = findHeader(search, lower);
    if (found !== -1) return valueAt(block, found);
    return at === -1 ? undefined : this.#values[at]![0];
  }

  /** All values by lower-case name as they stand after the changes. */
  table(block: string, max: number): { [name: string]: string | string[] } {
    if (this.isEmpty) return headerTable(block, max);
    const table: { [name: string]: string | string[] } = Object.create(null);
    let count = 0;
    forEachHeader(block, (name, value) => {
      const lower = name.toLowerCase();
      const at = this.#names.indexOf(withDashes(lower));
      if (at !== -1 && this.#hides[at]) return true;
      if (count >= max) return false;
      count += 1;
      addTo(table, lower, value);
      return true;
    });
    for (let at = 0; at < this.#names.length; at += 1) {
      for (const value of this.#values[at]!) {
        if (count >= max) return table;
        count += 1;
        addTo(table, this.#names[at]!, value);
      }
    }
    return table;
  }

  /**
   * `lines` (each ending in CRLF) with hidden names cut out and new values appended. `search` may be the searchable form of
   * a block that holds at least these lines: nothing has to be cut where none of the names stands in it.
   */
  apply(lines: string, search?: SearchBlock): string {
    if (this.#names.length === 0) return lines;
    const kept = search !== undefined && !this.#hidesAny(search) ? lines : cutNames(lines, this.#names, this.#hides);
    return kept + this.appended();
  }

  #hidesAny(search: SearchBlock): boolean {
    for (let at = 0; at < this.#names.length; at += 1) {
      if (this.#hides[at] && findHeader(search, this.#names[at]!) !== -1) return true;
    }
    return false;
  }

  /** The lines that were set or added, each ending in CRLF. */
  appended(): string {
    let text = '';
    for (let at = 0; at < this.#names.length; at += 1) {
      const values = this.#values[at]!;
      if (values.length === 0) continue;
      const prefix = prefixOf(this.#spelled[at]!);
      for (let index = 0; index < values.length; index += 1) text += `${prefix}${values[index]!}\r\n`;
    }
    return text;
  }

  #push(name: string, lower: string, values: readonly string[], hides: boolean): void {
    this.#names.push(lower);
    this.#spelled.push(name);
    this.#values.push(values);
    this.#hides.push(hides);
  }
}

/** Names are few and always the same; fewer pieces make a head cheaper to write. */
const prefixes = new Map<string, string>();
const maxPrefixes = 2000;

function prefixOf(name: string): string {
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    prefix = flat(`${name}: `);
    if (prefixes.size < maxPrefixes) prefixes.set(name, prefix);
  }
  return prefix;
}

/** `lines` without those of `names`; where `hides` is given, only of names whose flag is set. */
export function cutNames(lines: string, names: readonly string[], hides?: readonly boolean[]): string {
  const search = `\n${searchForm(lines)}`;
  let cuts: number[] | undefined;
  for (let index = 0; index < names.length; index += 1) {
    if (hides !== undefined && !hides[index]) continue;
    const name = withDashes(names[index]!);
    let at = findHeader(search, name);
    while (at !== -1) {
      // One LF was put in front, so the line starts at the offset of its LF.
      (cuts ??= []).push(at - name.length - 2, search.indexOf('\n', at));
      at = findHeader(search, name, at);
    }
  }
  if (cuts === undefined) return lines;
  const starts = cuts.filter((_, index) => index % 2 === 0).sort((a, b) => a - b);
  const ends = cuts.filter((_, index) => index % 2 === 1).sort((a, b) => a - b);
  let text = '';
  let from = 0;
  for (let index = 0; index < starts.length; index += 1) {
    // A name that is given twice brings each of its lines twice.
    if (starts[index]! >= from) text += lines.substring(from, starts[index]!);
    from = Math.max(from, ends[index]!);
  }
  return text + lines.substring(from);
}

function withDashes(name: string): string {
  return name.includes('_') ? name.replaceAll('_', '-') : name;
}

const beyondAscii = /[^\x20-\x7e\t]/;
const controls = /[\x00-\x08\x0a-\x1f\x7f]/g;

/**
 * A header value as it goes on the wire, one character a byte: text beyond ASCII becomes UTF-8, and control characters are
 * percent-encoded, so that no value can start a line of its own.
 */
export function headerText(value: string | number | boolean): string {
  const text = typeof value === 'string' ? value : String(value);
  if (!beyondAscii.test(text)) return text;
  const safe = text.replace(controls, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return Buffer.from(safe, 'utf8').toString('latin1');
}

/** The values of a header as they go on the wire, one line each; see {@link headerText}. */
export function headerTexts(value: HeaderGiven | readonly HeaderGiven[]): readonly string[] {
  return typeof value === 'object' ? value.map(headerText) : [headerText(value)];
}

type HeaderGiven = string | number | boolean;
