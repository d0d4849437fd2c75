import { createField, type Field, fieldLike } from './field.ts';
import { huffmanDecode } from './huffman.ts';
import { latin1 } from './latin1.ts';
import { staticTable } from './static-table.ts';

/** Takes the fields of a header block in their order. */
export interface FieldVisitor {
  onField(field: Field): void;
}

/** Drops all fields: for blocks that are decoded only because the next ones depend on them. */
export const ignoredFields: FieldVisitor = { onField() {} };

const statics: readonly Field[] = staticTable.map(([name, value]) => createField(name, value));

/** Where Huffman codes are decoded to; grows with what comes. */
let scratch = Buffer.allocUnsafeSlow(16_384);

/** Decodes the header blocks of one connection (RFC 7541), one after another. */
export class HpackDecoder {
  readonly #limit: number;
  #maxSize: number;
  #size = 0;
  /** Entries of the dynamic table, by their number modulo the length of the list. */
  readonly #entries: (Field | undefined)[];
  readonly #mask: number;
  #inserted = 0;
  #count = 0;

  // The block that is being decoded.
  #bytes: Buffer = scratch;
  #at = 0;
  #end = 0;

  /** `limit` is the size of the dynamic table in bytes that we told the peer, 4096 unless told. */
  constructor(limit = 4096) {
    this.#limit = limit;
    this.#maxSize = limit;
    let slots = 16;
    while (slots * 32 < limit) slots *= 2;
    this.#mask = slots - 1;
    this.#entries = new Array(slots).fill(undefined);
  }

  /** Bytes in the dynamic table, as RFC 7541 section 4.1 counts them. */
  get size(): number {
    return this.#size;
  }

  /** Entries of the dynamic table, the newest first. */
  get entries(): readonly Field[] {
    return Array.from({ length: this.#count }, (_, at) => this.#entries[(this.#inserted - 1 - at) & this.#mask]!);
  }

  /** Decodes a whole block. False for a malformed one: the connection cannot go on (RFC 9113 section 4.3). */
  decode(bytes: Buffer, start: number, end: number, visitor: FieldVisitor): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let mayResize = true;
    while (this.#at < end) {
      const first = bytes[this.#at]!;
      if (first >= 0x80) {
        const index = this.#integer(0x7f);
        const field = this.#lookUp(index);
        if (field === undefined) return false;
        visitor.onField(field);
      } else if (first >= 0x40) {
        const field = this.#literal(0x3f);
        if (field === undefined) return false;
        this.#insert(field);
        visitor.onField(field);
      } else if (first >= 0x20) {
        // RFC 7541 section 4.2: only at the beginning of a block, and never beyond what we allow.
        const size = this.#integer(0x1f);
        if (!mayResize || size < 0 || size > this.#limit) return false;
        this.#maxSize = size;
        this.#evict(0);
        continue;
      } else {
        const field = this.#literal(0x0f);
        if (field === undefined) return false;
        visitor.onField(field);
      }
      mayResize = false;
    }
    return true;
  }

  #lookUp(index: number): Field | undefined {
    if (index <= 0) return undefined;
    if (index <= 61) return statics[index - 1];
    const age = index - 62;
    return age < this.#count ? this.#entries[(this.#inserted - 1 - age) & this.#mask] : undefined;
  }

  #literal(mask: number): Field | undefined {
    const index = this.#integer(mask);
    if (index < 0) return undefined;
    if (index > 0) {
      const like = this.#lookUp(index);
      if (like === undefined) return undefined;
      const value = this.#text();
      return value === undefined ? undefined : fieldLike(like, value);
    }
    const name = this.#text();
    if (name === undefined) return undefined;
    const value = this.#text();
    return value === undefined ? undefined : createField(name, value);
  }

  /** An integer with a prefix (RFC 7541 section 5.1), of at most 28 bits beyond it; -1 for a malformed one. */
  #integer(mask: number): number {
    if (this.#at >= this.#end) return -1;
    let value = this.#bytes[this.#at]! & mask;
    this.#at += 1;
    if (value < mask) return value;
    for (let shift = 0; shift < 28; shift += 7) {
      if (this.#at >= this.#end) return -1;
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return -1;
  }

  #text(): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const isCoded = this.#bytes[this.#at]! >= 0x80;
    const length = this.#integer(0x7f);
    const start = this.#at;
    const end = start + length;
    if (length < 0 || end > this.#end) return undefined;
    this.#at = end;
    if (!isCoded) return latin1(this.#bytes, start, end);
    if (length * 2 > scratch.length) scratch = Buffer.allocUnsafeSlow(length * 2);
    const decoded = huffmanDecode(this.#bytes, start, end, scratch);
    return decoded < 0 ? undefined : latin1(scratch, 0, decoded);
  }

  #insert(field: Field): void {
    const { size } = field;
    this.#evict(size);
    // RFC 7541 section 4.4: one that is larger than the table empties it, and is no error.
    if (size > this.#maxSize) return;
    this.#entries[this.#inserted & this.#mask] = field;
    this.#inserted += 1;
    this.#count += 1;
    this.#size += size;
  }

  #evict(room: number): void {
    while (this.#count > 0 && this.#size + room > this.#maxSize) {
      const slot = (this.#inserted - this.#count) & this.#mask;
      this.#size -= this.#entries[slot]!.size;
      this.#entries[slot] = undefined;
      this.#count -= 1;
    }
  }
}
