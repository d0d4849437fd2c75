import { GibbonError } from '../kernel/index.ts';
import {
  addTo,
  findHeader,
  forEachHeader,
  type HeldNames,
  headerTable,
  isToken,
  mayHold,
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
  readonly #edits: Edit[] = [];

  get isEmpty(): boolean {
    return this.#edits.length === 0;
  }

  /**
   * Replaces all values; `lower` is the name in lower case with dashes. Values must have passed {@link headerText}.
   * @throws GibbonError `ERR_HEADER_NAME` for a name that is no token, which could end up as a line of its own.
   */
  set(name: string, lower: string, values: readonly string[]): void {
    const prefix = prefixOf(name);
    const edit = this.#find(lower);
    if (edit === undefined) this.#edits.push({ name: lower, prefix, values, hides: true });
    else {
      edit.prefix = prefix;
      edit.values = values;
      edit.hides = true;
    }
  }

  /** Adds values behind those that are there. @throws as {@link HeaderEdits.set}. */
  add(name: string, lower: string, values: readonly string[]): void {
    const edit = this.#find(lower);
    if (edit === undefined) this.#edits.push({ name: lower, prefix: prefixOf(name), values, hides: false });
    else {
      if (edit.prefix === '') edit.prefix = prefixOf(name);
      edit.values = [...edit.values, ...values];
    }
  }

  /** Removes all values. */
  clear(lower: string): void {
    const edit = this.#find(lower);
    if (edit === undefined) this.#edits.push({ name: lower, prefix: '', values: none, hides: true });
    else {
      edit.values = none;
      edit.hides = true;
    }
  }

  /** True when the name was set, added to or cleared. */
  touches(lower: string): boolean {
    return this.#find(lower) !== undefined;
  }

  /** The first value as it stands after the changes. */
  first(block: string, search: SearchBlock, lower: string): string | undefined {
    const edit = this.#find(lower);
    if (edit?.hides === true) return edit.values[0];
    const found = findHeader(search, lower);
    return found === -1 ? edit?.values[0] : valueAt(block, found);
  }

  /** All values by lower-case name as they stand after the changes; at most `max` lines are taken. */
  table(block: string, max: number): { [name: string]: string | string[] } {
    if (this.isEmpty) return headerTable(block, max);
    const table: { [name: string]: string | string[] } = Object.create(null);
    let count = 0;
    forEachHeader(block, (name, value) => {
      const lower = name.toLowerCase();
      if (this.#find(lower.replaceAll('_', '-'))?.hides === true) return true;
      if (count >= max) return false;
      count += 1;
      addTo(table, lower, value);
      return true;
    });
    for (const edit of this.#edits) {
      for (const value of edit.values) {
        if (count >= max) return table;
        count += 1;
        addTo(table, edit.prefix.slice(0, -2).toLowerCase(), value);
      }
    }
    return table;
  }

  /**
   * `lines` (each ending in CRLF) with hidden names cut out and new values appended. `held` may be the names of a head that
   * has at least these lines: nothing is looked for that it surely does not hold.
   */
  apply(lines: string, held?: HeldNames): string {
    let kept = lines;
    let text = '';
    let hidden: string[] | undefined;
    for (const edit of this.#edits) {
      if (edit.hides && (held === undefined || mayHold(held, edit.name))) (hidden ??= []).push(edit.name);
      for (const value of edit.values) text += `${edit.prefix}${value}\r\n`;
    }
    if (hidden !== undefined) kept = cutNames(lines, hidden);
    return kept + text;
  }

  #find(lower: string): Edit | undefined {
    const edits = this.#edits;
    for (let at = 0; at < edits.length; at += 1) if (edits[at]!.name === lower) return edits[at];
    return undefined;
  }
}

/** What became of one name. */
interface Edit {
  readonly name: string;
  /** The name with colon and blank, as it is written. */
  prefix: string;
  /** Texts to write; an empty list clears the name. */
  values: readonly string[];
  /** False when the lines of the block stay beside the added ones. */
  hides: boolean;
}

const none: readonly string[] = [];

/** Names are few and always the same; fewer pieces make a head cheaper to write. */
const prefixes = new Map<string, string>();
const maxPrefixes = 2000;

function prefixOf(name: string): string {
  let prefix = prefixes.get(name);
  if (prefix === undefined) {
    if (!isToken(name)) {
      throw new GibbonError(`Cannot write header ${JSON.stringify(name)}: the name is no token`, {
        code: 'ERR_HEADER_NAME',
      });
    }
    prefix = flat(`${name}: `);
    if (prefixes.size < maxPrefixes) prefixes.set(name, prefix);
  }
  return prefix;
}

/** `lines` without those of `names`, which are in lower case. */
export function cutNames(lines: string, names: readonly string[]): string {
  const search = `\n${searchForm(lines)}`;
  let cuts: number[] | undefined;
  for (const given of names) {
    const name = withDashes(given);
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

const controls = /[\x00-\x08\x0a-\x1f\x7f]/g;

/**
 * A header value as it goes on the wire, one character a byte: text beyond ASCII becomes UTF-8, and control characters are
 * percent-encoded, so that no value can start a line of its own.
 */
export function headerText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = value;
  if (isPlain(text)) return text;
  const safe = text.replace(controls, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return Buffer.from(safe, 'utf8').toString('latin1');
}

const unusual = /[^\t\x20-\x7e]/;

/** True for visible ASCII, blanks and tabs. A look at each character is quicker than a pattern while they are few. */
function isPlain(text: string): boolean {
  if (text.length > 12) return !unusual.test(text);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7e || (code < 0x20 && code !== 0x09)) return false;
  }
  return true;
}

/** The values of a header as they go on the wire, one line each; see {@link headerText}. */
export function headerTexts(value: HeaderGiven | readonly HeaderGiven[]): readonly string[] {
  return typeof value === 'object' ? value.map(headerText) : [headerText(value)];
}

type HeaderGiven = string | number | boolean;
