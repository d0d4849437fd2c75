/*
 * A segment of the shared cache, in bytes: a header of 32 (lock, generation, head, tail, used, entries, 8 to spare), the
 * buckets (4 each), and a ring of records. A record: its length (negative once it is dead), the next record of its
 * bucket, two halves of the key's hash, the time at which it expires (8), the length of the key in code units and of the
 * content in bytes, the key as UTF-16, the content (bytes, or a text as UTF-8); filled up to a multiple of 8. References count 8 bytes and start at
 * 1; 0 is none.
 */

/** Where the lock and the generation of a segment are, in words from its start. */
export const segmentLock = 0;
export const segmentGeneration = 1;

const headerBytes = 32;
const recordBytes = 32;
const headWord = 2;
const tailWord = 3;
const usedWord = 4;
const entriesWord = 5;

/**
 * No bucket holds as many records. Walks end there all the same, lest memory that a dying worker left half written keeps
 * the living ones walking for ever.
 */
const maxSteps = 10_000;

/** A text, and when it ends to be true. */
export interface SharedEntry {
  readonly text: string;
  /** Milliseconds since the epoch; Infinity for never. */
  readonly expiresAt: number;
}

/** Bytes, and when they end to be true. */
export interface SharedBytes {
  /** A copy of the reader's own. */
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch; Infinity for never. */
  readonly expiresAt: number;
}

/** A bounded map in a piece of shared memory that forgets what came first. Its caller holds the segment's lock. */
export interface Segment {
  readonly entries: number;
  get(key: string, high: number, low: number): SharedEntry | undefined;
  getBytes(key: string, high: number, low: number): SharedBytes | undefined;
  /** False when key and content together take more than a quarter of the segment. */
  set(key: string, high: number, low: number, content: string | Uint8Array, expiresAt: number): boolean;
  delete(key: string, high: number, low: number): void;
  /** Forgets everything, whatever state the memory is in. */
  clear(): void;
}

/** Opens the segment of `length` bytes at `offset`, both multiples of 8; zeroed memory is an empty one. */
export function openSegment(buffer: SharedArrayBuffer, offset: number, length: number): Segment {
  const bucketCount = 2 ** Math.max(3, Math.floor(Math.log2(length / 512)));
  const ringOffset = offset + headerBytes + bucketCount * 4;
  const ringBytes = length - headerBytes - bucketCount * 4;
  const words = new Int32Array(buffer, offset, length / 4);
  const buckets = new Int32Array(buffer, offset + headerBytes, bucketCount);
  const ring = new Int32Array(buffer, ringOffset, ringBytes / 4);
  const times = new Float64Array(buffer, ringOffset, ringBytes / 8);
  const units = new Uint16Array(buffer, ringOffset, ringBytes / 2);
  const bytes = Buffer.from(buffer, ringOffset, ringBytes);

  function isAt(at: number, key: string, high: number, low: number): boolean {
    const word = at / 4;
    if (ring[word + 3] !== low || ring[word + 2] !== high || ring[word + 6] !== key.length) return false;
    const first = (at + recordBytes) / 2;
    for (let unit = 0; unit < key.length; unit++) if (units[first + unit] !== key.charCodeAt(unit)) return false;
    return true;
  }

  /** Takes the record at `at` out of its bucket and marks it as dead. */
  function bury(at: number): void {
    const word = at / 4;
    const bucket = ring[word + 3]! & (bucketCount - 1);
    const next = ring[word + 1]!;
    const reference = at / 8 + 1;
    if (buckets[bucket] === reference) {
      buckets[bucket] = next;
    } else {
      let other = buckets[bucket]!;
      for (let step = 0; step < maxSteps && other !== 0; step++) {
        const link = (other - 1) * 2 + 1;
        other = ring[link]!;
        if (other !== reference) continue;
        ring[link] = next;
        break;
      }
    }
    ring[word] = -ring[word]!;
    words[entriesWord]!--;
  }

  function find(key: string, high: number, low: number): number {
    let other = buckets[low & (bucketCount - 1)]!;
    for (let step = 0; step < maxSteps && other !== 0; step++) {
      if (isAt((other - 1) * 8, key, high, low)) return (other - 1) * 8;
      other = ring[(other - 1) * 2 + 1]!;
    }
    return -1;
  }

  function evictOldest(): void {
    const tail = words[tailWord]!;
    if (ring[tail / 4]! > 0) bury(tail);
    const size = -ring[tail / 4]!;
    if (!(size > 0)) {
      clear();
      return;
    }
    words[tailWord] = tail + size === ringBytes ? 0 : tail + size;
    words[usedWord]! -= size;
  }

  function clear(): void {
    words.fill(0, headWord, headerBytes / 4);
    buckets.fill(0);
  }

  /** Makes room for `size` bytes in one piece at the head of the ring, and returns where. */
  function makeRoom(size: number): number {
    for (;;) {
      const tail = words[tailWord]!;
      const head = words[headWord]!;
      const isWrapped = head < tail || (head === tail && words[usedWord]! > 0);
      if (isWrapped) {
        if (tail - head >= size) return head;
        evictOldest();
      } else if (ringBytes - head >= size) {
        return head;
      } else {
        // What is left before the end is too short: it becomes a dead record of its own.
        if (head < ringBytes) ring[head / 4] = head - ringBytes;
        words[usedWord]! += ringBytes - head;
        words[headWord] = 0;
      }
    }
  }

  return {
    get entries() {
      return words[entriesWord]!;
    },
    get(key, high, low) {
      const at = find(key, high, low);
      if (at === -1) return undefined;
      const start = at + recordBytes + key.length * 2;
      return { text: bytes.toString('utf8', start, start + ring[at / 4 + 7]!), expiresAt: times[at / 8 + 2]! };
    },
    getBytes(key, high, low) {
      const at = find(key, high, low);
      if (at === -1) return undefined;
      const start = at + recordBytes + key.length * 2;
      const copy = Buffer.from(bytes.subarray(start, start + ring[at / 4 + 7]!));
      return { bytes: copy, expiresAt: times[at / 8 + 2]! };
    },
    set(key, high, low, content, expiresAt) {
      const known = find(key, high, low);
      if (known !== -1) bury(known);
      const contentBytes = Buffer.byteLength(content);
      const size = (recordBytes + key.length * 2 + contentBytes + 7) & ~7;
      if (size > ringBytes / 4) return false;
      const at = makeRoom(size);
      const word = at / 4;
      const bucket = low & (bucketCount - 1);
      ring[word] = size;
      ring[word + 1] = buckets[bucket]!;
      ring[word + 2] = high;
      ring[word + 3] = low;
      times[at / 8 + 2] = expiresAt;
      ring[word + 6] = key.length;
      ring[word + 7] = contentBytes;
      const first = (at + recordBytes) / 2;
      for (let unit = 0; unit < key.length; unit++) units[first + unit] = key.charCodeAt(unit);
      const start = at + recordBytes + key.length * 2;
      if (typeof content === 'string') bytes.write(content, start, contentBytes, 'utf8');
      else bytes.set(content, start);
      buckets[bucket] = at / 8 + 1;
      words[headWord] = at + size;
      words[usedWord]! += size;
      words[entriesWord]!++;
      return true;
    },
    delete(key, high, low) {
      const at = find(key, high, low);
      if (at !== -1) bury(at);
    },
    clear,
  };
}
