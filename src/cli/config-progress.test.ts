import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressBar } from './config-progress.ts';

test('the bar is drawn at each hundredth and ends its line', () => {
  const lines: string[] = [];
  const draw = progressBar((text) => lines.push(text));
  for (let done = 1; done <= 1000; done++) draw(done, 1000);
  assert.equal(lines.length, 101);
  assert.equal(lines[0], `[${' '.repeat(30)}] 0% (1/1000)`);
  assert.equal(lines[50], `[${'='.repeat(15)}${' '.repeat(15)}] 50% (500/1000)`);
  assert.equal(lines[100], `[${'='.repeat(30)}] 100% (1000/1000)\n`);
});

test('nothing to do is done at once', () => {
  const lines: string[] = [];
  progressBar((text) => lines.push(text))(0, 0);
  assert.deepEqual(lines, [`[${'='.repeat(30)}] 100% (0/0)\n`]);
});
