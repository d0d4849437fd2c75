import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hashText, hashText64, mix, textHash } from './bytes.ts';

it('hashText gives unsigned 32-bit integers that depend on text and seed', () => {
  const seen = new Set<number>();
  for (let at = 0; at < 20_000; at++) {
    for (const seed of [0, 0x9e3779b9]) {
      const hash = hashText(`keyauth_credentials:${at}:::::`, seed);
      assert.ok(Number.isInteger(hash) && hash >= 0 && hash <= 0xffffffff);
      seen.add(hash);
    }
  }
  // 40,000 draws from 2^32 collide 0.19 times on average.
  assert.ok(seen.size >= 39_997, `${seen.size} distinct hashes`);
  assert.equal(hashText('é€😀'), hashText('é€😀'));
  assert.notEqual(hashText(''), hashText('\0'));
});

it('hashText spreads similar keys evenly over a small table', () => {
  const buckets = new Array<number>(64).fill(0);
  for (let at = 0; at < 64_000; at++) buckets[hashText(`10.0.0.${at}`) & 63]!++;
  assert.ok(
    Math.min(...buckets) > 850 && Math.max(...buckets) < 1150,
    `${Math.min(...buckets)}..${Math.max(...buckets)}`,
  );
});

it('mix is a bijection on samples and keeps 0', () => {
  assert.equal(mix(0), 0);
  assert.equal(new Set(Array.from({ length: 10_000 }, (_, at) => mix(at))).size, 10_000);
});

it('hashText64 tells similar keys apart, in either half', () => {
  const halves: [Set<number>, Set<number>] = [new Set(), new Set()];
  const both = new Set<string>();
  const keys = 60_000;
  for (let at = 0; at < keys; at++) {
    const number = at.toString(36);
    const key = ['local:', number, ':10.0.', number, `ratelimit:${'0'.repeat(at % 7)}${number}`][at % 5]! + at;
    hashText64(key, 7, -9);
    halves[0].add(textHash.high);
    halves[1].add(textHash.low);
    both.add(`${textHash.high} ${textHash.low}`);
  }
  // 60,000 draws from 2^32 collide 0.4 times on average.
  assert.ok(halves.every((half) => half.size >= keys - 4));
  assert.equal(both.size, keys);
});

it('hashText64 depends on every code unit, on the length and on both seeds', () => {
  const seen = new Set<string>();
  const texts = ['', '\0', '\0\0', '\0\0\0', 'a', 'a\0', 'b', 'ab', 'ba', 'abc', 'abd', 'Ābc', 'ab\u0163'];
  for (const text of texts) {
    for (const [seed, other] of [
      [1, 2],
      [1, 3],
      [2, 2],
    ] as const) {
      hashText64(text, seed, other);
      seen.add(`${textHash.high} ${textHash.low}`);
    }
  }
  assert.equal(seen.size, texts.length * 3);
});
