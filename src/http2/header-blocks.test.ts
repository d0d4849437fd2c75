import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderBlocks } from './header-blocks.ts';

describe('HeaderBlocks', () => {
  const bytes = Buffer.alloc(1000, 'x');
  it('puts a block together', () => {
    const blocks = new HeaderBlocks(1000);
    assert.ok(blocks.begin(7, true, false, bytes, 0, 100));
    assert.ok(blocks.add(bytes, 0, 0));
    assert.ok(blocks.add(bytes, 0, 50));
    assert.deepEqual([blocks.stream, blocks.isLast], [7, true]);
    assert.equal(blocks.finish().length, 150);
    assert.equal(blocks.stream, 0);
  });

  it('refuses what is too large, too empty or too small', () => {
    const large = new HeaderBlocks(1000);
    assert.deepEqual([large.begin(1, false, false, bytes, 0, 900), large.add(bytes, 0, 101)], [true, false]);
    const empty = new HeaderBlocks(1000);
    empty.begin(1, false, false, bytes, 0, 1);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => empty.add(bytes, 0, 0)),
      [true, true, true, true, false],
    );
    const small = new HeaderBlocks(1000);
    small.begin(1, false, false, bytes, 0, 1);
    let count = 1;
    while (small.add(bytes, 0, 1)) count += 1;
    assert.equal(count, 16);
  });
});
