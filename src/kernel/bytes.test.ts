import assert from 'node:assert/strict';
import { it } from 'node:test';
import { hashText, mix } from './bytes.ts';

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
