/**
 * Hashes of texts, taken over their UTF-16 code units: no encoding, no allocation. They spread keys over tables; they are
 * no protection against someone who looks for collisions, so what must not collide compares the key itself as well.
 */

/** Fowler-Noll-Vo hash 1a with a final mix (MurmurHash3's); an unsigned 32-bit integer, another one for each `seed`. */
export function hashText(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash ^ text.length);
}

/** Spreads the bits of a 32-bit integer over all of it (the finalizer of MurmurHash3); unsigned. */
export function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Where {@link hashText64} leaves its result: two 32-bit integers, either sign. */
export const textHash = { high: 0, low: 0 };

/**
 * A 64-bit hash in one pass, left in {@link textHash} as its two halves until the next call: returning them would
 * allocate. Two hashes of the Fx kind (rotate, xor, multiply) over pairs of code units, mixed into one another at the end.
 */
export function hashText64(text: string, seed: number, otherSeed: number): void {
  const { length } = text;
  let one = seed ^ length;
  let two = otherSeed ^ length;
  let at = 0;
  for (; at + 1 < length; at += 2) {
    const pair = text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16);
    one = Math.imul(((one << 5) | (one >>> 27)) ^ pair, 0x9e3779b1);
    two = Math.imul(((two << 13) | (two >>> 19)) ^ pair, 0x5f356495);
  }
  if (at < length) {
    const last = text.charCodeAt(at);
    one = Math.imul(((one << 5) | (one >>> 27)) ^ last, 0x9e3779b1);
    two = Math.imul(((two << 13) | (two >>> 19)) ^ last, 0x5f356495);
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) ^ Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
  two = Math.imul(two ^ (two >>> 16), 0x85ebca6b) ^ Math.imul(one ^ (one >>> 13), 0xc2b2ae35);
  textHash.high = two ^ (two >>> 16);
  textHash.low = one ^ (one >>> 16);
}
