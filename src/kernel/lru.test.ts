import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLru } from './lru.ts';

describe('bounded map', () => {
  it('forgets what was not used for the longest time', () => {
    const map = createLru<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    assert.equal(map.get('a'), 1);
    map.set('c', 3);
    assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [1, undefined, 3, 2]);
  });

  it('can be looked through without that counting as use', () => {
    const map = createLru<string, number>(2);
    map.set('a', 1);
    map.set('b', 2);
    map.get('a');
    assert.deepEqual(
      [...map.entries()],
      [
        ['a', 1],
        ['b', 2],
      ],
    );
    map.set('c', 3);
    assert.deepEqual(
      [...map.entries()],
      [
        ['a', 1],
        ['c', 3],
      ],
    );
  });
});
