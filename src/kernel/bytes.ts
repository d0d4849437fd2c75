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
