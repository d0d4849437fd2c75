import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShared } from './index.ts';

test('equal keys share one thing, and the last who holds it ends it', () => {
  const log: string[] = [];
  const shared = createShared<string>();
  const hold = (key: string) =>
    shared.hold(key, () => {
      log.push(`made ${key}`);
      return { value: key, end: () => log.push(`ended ${key}`) };
    });
  const [one, two, other] = [hold('a'), hold('a'), hold('b')];
  assert.deepEqual([one.value, two.value, other.value], ['a', 'a', 'b']);
  one.end();
  one.end();
  assert.deepEqual(log, ['made a', 'made b']);
  two.end();
  assert.deepEqual(log, ['made a', 'made b', 'ended a']);
  hold('a');
  assert.deepEqual(log.at(-1), 'made a');
});
