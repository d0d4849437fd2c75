import { huffmanEncode, huffmanSize } from './huffman.ts';
import { latin1, writeLatin1 } from './latin1.ts';
import { staticNames, staticTable } from './static-table.ts';

/** A header line in the forms in which it may be sent. */
export interface CachedLine {
  /** As it came, without CRLF. */
  readonly text: string;
  readonly name: LineName;
  /** Bytes that a table counts for it. */
  readonly size: number;
  /** Literal without indexing, ready to be copied. */
  readonly plain: Buffer;
  /** Literal with incremental indexing; undefined for a line that stands in the static table. */
  readonly indexed: Buffer | undefined;
  /** Number that spreads lines over the slots of encoders. */
  readonly id: number;
}

/** What is known of a header name, as it is spelled in lines. */
export interface LineName {
  readonly spelled: string;
  /** In lower case; empty for a name that HTTP/2 does not have. */
  readonly lower: string;
  /** Literal without indexing, or never to be indexed, up to the value. */
  readonly prefix: Buffer;
  /** How many more lines with this name are worth keeping. */
  credit: number;
  skipped: number;
}

const lineSlots = 2048;
const nameSlots = 512;
const maxLineLength = 1024;
const startCredit = 16;
const maxCredit = 64;
/** Once in so many times a name whose lines never come again is tried anew. */
const retryEvery = 1024;

/** Names that only HTTP/1 has, or that are written apart (RFC 9113 section 8.2.2). */
const dropped = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'content-length',
  '',
]);
/** Names whose values are secrets of one client: they go into no table, here or on the way (RFC 7541 section 7.1.3). */
const secret = new Set(['authorization', 'proxy-authorization', 'cookie']);
/** Names whose values differ each time, or that no table should hold. */
const volatile = new Set(['x-kong-request-id', 'set-cookie', ...secret]);

/**
 * Header lines and their HPACK forms, shared by the connections of a worker: most lines of answers come again and again. Names
 * whose values never come again lose their credit, and their lines are no longer kept. Both are found by a hash over a few
 * characters, in tables of one place for each hash: a Map would have to make a string of each line, and intern it.
 */
export class LineCache {
  readonly #lines: (CachedLine | undefined)[] = new Array(lineSlots).fill(undefined);
  readonly #names: (LineName | undefined)[] = new Array(nameSlots).fill(undefined);
  #lastId = 0;

  /** The line from `start` to `end`, without CRLF, if it is kept. */
  find(lines: string, start: number, end: number): CachedLine | undefined {
    const line = this.#lines[lineSlot(lines, start, end)];
    if (line === undefined || line.text.length !== end - start || !lines.startsWith(line.text, start)) return undefined;
    return line;
  }

  /** What is known of the name from `start` to `end`, as it is spelled. */
  name(lines: string, start: number, end: number): LineName {
    const slot = nameSlot(lines, start, end);
    const known = this.#names[slot];
    if (known !== undefined && known.spelled.length === end - start && lines.startsWith(known.spelled, start)) {
      return known;
    }
    const spelled = unshared(lines.substring(start, end));
    const lower = spelled.toLowerCase();
    return (this.#names[slot] = {
      spelled,
      lower: dropped.has(lower) ? '' : lower,
      prefix: namePrefix(lower, secret.has(lower) ? 0x10 : 0x00, 4),
      credit: volatile.has(lower) ? Number.NEGATIVE_INFINITY : startCredit,
      skipped: 0,
    });
  }

  /** Keeps a line whose name is worth it. */
  keep(lines: string, start: number, end: number, name: LineName, value: string): void {
    if (end - start > maxLineLength) return;
    if (name.credit <= 0) {
      name.skipped = (name.skipped + 1) % retryEvery;
      if (name.skipped !== 0 || name.credit === Number.NEGATIVE_INFINITY) return;
    } else name.credit -= 1;
    this.#lastId += 1;
    const { lower } = name;
    const at = staticTable.findIndex((entry) => entry[0] === lower && entry[1] === value);
    const coded = codedText(value);
    this.#lines[lineSlot(lines, start, end)] = {
      text: unshared(lines.substring(start, end)),
      name,
      size: lower.length + value.length + 32,
      plain: at === -1 ? Buffer.concat([name.prefix, coded]) : Buffer.from([0x80 | (at + 1)]),
      indexed: at === -1 ? Buffer.concat([namePrefix(lower, 0x40, 6), coded]) : undefined,
      id: this.#lastId,
    };
  }

  /** A kept line came again. */
  useful({ name }: CachedLine): void {
    if (name.credit < maxCredit) name.credit += 1;
  }
}

/** Where lines differ: in their length, at their end, and, as dates do, some way before it. */
function lineSlot(lines: string, start: number, end: number): number {
  let hash = Math.imul(end - start, 31) + lines.charCodeAt(start);
  hash = Math.imul(hash, 31) + lines.charCodeAt((start + end) >> 1);
  hash = Math.imul(hash, 31) + lines.charCodeAt(end - 1);
  if (end - start > 8) {
    hash = Math.imul(hash, 31) + lines.charCodeAt(end - 2);
    hash = Math.imul(hash, 31) + lines.charCodeAt(end - 5);
    hash = Math.imul(hash, 31) + lines.charCodeAt(start + 7);
  }
  return (hash ^ (hash >>> 11)) & (lineSlots - 1);
}

function nameSlot(lines: string, start: number, end: number): number {
  let hash = Math.imul(end - start, 31) + lines.charCodeAt(start);
  hash = Math.imul(hash, 31) + lines.charCodeAt((start + end) >> 1);
  hash = Math.imul(hash, 31) + lines.charCodeAt(end - 1);
  return (hash ^ (hash >>> 9)) & (nameSlots - 1);
}

/** The beginning of a literal: an index of the static table, or the name itself. */
function namePrefix(lower: string, pattern: number, bits: number): Buffer {
  const index = staticNames.get(lower);
  if (index === undefined) return Buffer.concat([Buffer.from([pattern]), codedText(lower)]);
  const bytes = Buffer.alloc(8);
  const end = writeInteger(bytes, 0, index, bits, pattern);
  return bytes.subarray(0, end);
}

/** A string literal (RFC 7541 section 5.2) in its shorter form. */
function codedText(text: string): Buffer {
  const coded = huffmanSize(text);
  const bytes = Buffer.alloc(text.length + 8);
  if (coded >= text.length) {
    const start = writeInteger(bytes, 0, text.length, 7, 0);
    writeLatin1(bytes, text, start);
    return bytes.subarray(0, start + text.length);
  }
  const start = writeInteger(bytes, 0, coded, 7, 0x80);
  return bytes.subarray(0, huffmanEncode(text, bytes, start));
}

/** Writes an integer with a prefix of `bits` under `pattern` (RFC 7541 section 5.1) and returns the offset behind it. */
export function writeInteger(bytes: Uint8Array, at: number, value: number, bits: number, pattern: number): number {
  const max = (1 << bits) - 1;
  if (value < max) {
    bytes[at] = pattern | value;
    return at + 1;
  }
  bytes[at] = pattern | max;
  let rest = value - max;
  let end = at + 1;
  while (rest >= 0x80) {
    bytes[end] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
    end += 1;
  }
  bytes[end] = rest;
  return end + 1;
}

/** The same text with memory of its own: a part of a longer one would keep all of that. */
function unshared(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  return latin1(bytes, 0, bytes.length);
}
