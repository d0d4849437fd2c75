import { writeLatin1 } from './latin1.ts';
import { type CachedLine, type LineCache, writeInteger } from './line-cache.ts';

const slots = 128;
const defaultTableSize = 4096;

/** Bytes that the fields of `lines` take at most, with status and length. */
export function worstCase(lines: string): number {
  return lines.length * 2 + 64;
}

/**
 * Encodes the header blocks of one connection (RFC 7541). Lines that came before on any connection of the worker go into
 * the dynamic table of this one; what is new is sent literally, so that values that never come again cost the table nothing.
 */
export class HpackEncoder {
  readonly #cache: LineCache;
  #maxSize = defaultTableSize;
  #size = 0;
  /** The smallest size that was asked for since the last block, and whether the peer has to be told of a change. */
  #smallest = defaultTableSize;
  #isResized = false;

  /** Lines that may be in the table, and their numbers of insertion, by the line's id. */
  readonly #lines: (CachedLine | undefined)[] = new Array(slots).fill(undefined);
  readonly #numbers = new Int32Array(slots);
  /** Sizes of the table's entries, by number modulo length. */
  readonly #sizes = new Int32Array(slots);
  #inserted = 0;
  #count = 0;

  constructor(cache: LineCache) {
    this.#cache = cache;
  }

  /** Bytes in the dynamic table, as RFC 7541 section 4.1 counts them. */
  get size(): number {
    return this.#size;
  }

  /** The peer allows a table of so many bytes. More than the default is not made use of. */
  resize(allowed: number): void {
    const size = Math.min(allowed, defaultTableSize);
    if (size === this.#maxSize) return;
    this.#maxSize = size;
    this.#smallest = this.#isResized ? Math.min(this.#smallest, size) : size;
    this.#isResized = true;
    this.#evict(0);
  }

  /** Begins a block with changes of the table's size that the peer was not told of yet. */
  begin(bytes: Buffer, at: number): number {
    if (!this.#isResized) return at;
    this.#isResized = false;
    // RFC 7541 section 4.2: the smallest size in between is said too, since it emptied the table.
    const end = this.#smallest < this.#maxSize ? writeInteger(bytes, at, this.#smallest, 5, 0x20) : at;
    return writeInteger(bytes, end, this.#maxSize, 5, 0x20);
  }

  /** Writes `:status`. */
  status(bytes: Buffer, at: number, status: number): number {
    const index = statusIndex(status);
    if (index !== 0) {
      bytes[at] = 0x80 | index;
      return at + 1;
    }
    bytes[at] = 0x08;
    bytes[at + 1] = 3;
    bytes[at + 2] = 0x30 + Math.floor(status / 100);
    bytes[at + 3] = 0x30 + (Math.floor(status / 10) % 10);
    bytes[at + 4] = 0x30 + (status % 10);
    return at + 5;
  }

  /** Writes `content-length`. */
  contentLength(bytes: Buffer, at: number, length: number): number {
    const text = String(length);
    // Literal without indexing, name 28.
    bytes[at] = 0x0f;
    bytes[at + 1] = 0x0d;
    bytes[at + 2] = text.length;
    writeLatin1(bytes, text, at + 3);
    return at + 3 + text.length;
  }

  /** Writes header lines, each ending in CRLF, names in lower case and without what only HTTP/1 has. */
  lines(bytes: Buffer, at: number, lines: string): number {
    let out = at;
    let from = 0;
    while (from < lines.length) {
      let end = lines.indexOf('\r', from);
      if (end === -1) end = lines.length;
      const known = this.#cache.find(lines, from, end);
      out = known === undefined ? this.#newLine(bytes, out, lines, from, end) : this.#knownLine(bytes, out, known);
      from = end + 2;
    }
    return out;
  }

  #newLine(bytes: Buffer, at: number, lines: string, from: number, to: number): number {
    const colon = lines.indexOf(':', from + 1);
    if (colon === -1 || colon >= to) return at;
    const name = this.#cache.name(lines, from, colon);
    if (name.lower === '') return at;
    let start = colon + 1;
    let end = to;
    while (start < end && isBlank(lines.charCodeAt(start))) start += 1;
    while (end > start && isBlank(lines.charCodeAt(end - 1))) end -= 1;
    const value = lines.substring(start, end);
    this.#cache.keep(lines, from, to, name, value);
    const { prefix } = name;
    let out = at;
    for (let index = 0; index < prefix.length; index += 1) bytes[out + index] = prefix[index]!;
    out = writeInteger(bytes, out + prefix.length, value.length, 7, 0);
    writeLatin1(bytes, value, out);
    return out + value.length;
  }

  #knownLine(bytes: Buffer, at: number, line: CachedLine): number {
    const slot = line.id & (slots - 1);
    if (this.#lines[slot] === line) {
      const age = this.#inserted - this.#numbers[slot]!;
      if (age < this.#count) return writeInteger(bytes, at, 62 + age, 7, 0x80);
    }
    const { indexed } = line;
    if (indexed === undefined || line.size > this.#maxSize >> 2) return copy(line.plain, bytes, at);
    this.#cache.useful(line);
    this.#evict(line.size);
    this.#inserted += 1;
    this.#count += 1;
    this.#size += line.size;
    this.#sizes[this.#inserted & (slots - 1)] = line.size;
    this.#lines[slot] = line;
    this.#numbers[slot] = this.#inserted;
    return copy(indexed, bytes, at);
  }

  #evict(room: number): void {
    while (this.#count > 0 && this.#size + room > this.#maxSize) {
      this.#size -= this.#sizes[(this.#inserted - this.#count + 1) & (slots - 1)]!;
      this.#count -= 1;
    }
  }
}

function copy(from: Buffer, bytes: Buffer, at: number): number {
  for (let index = 0; index < from.length; index += 1) bytes[at + index] = from[index]!;
  return at + from.length;
}

function statusIndex(status: number): number {
  switch (status) {
    case 200:
      return 8;
    case 204:
      return 9;
    case 206:
      return 10;
    case 304:
      return 11;
    case 400:
      return 12;
    case 404:
      return 13;
    case 500:
      return 14;
    default:
      return 0;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
