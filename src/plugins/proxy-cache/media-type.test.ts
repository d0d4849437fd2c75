import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTypeMatcher, parseMediaType } from './media-type.ts';

test('types are read with their parameters', () => {
  assert.deepEqual(parseMediaType('Application/JSON; Charset=UTF-8 ;q="a;b"'), {
    type: 'application',
    subtype: 'json',
    params: new Map([
      ['charset', 'UTF-8'],
      ['q', 'a;b'],
    ]),
  });
  for (const text of ['', 'json', 'a/b;', 'a/b; c', 'a/b c/d', '/b', 'a/b;c="d']) {
    assert.equal(parseMediaType(text), undefined, text);
  }
});

const rows: readonly [accepted: string, given: string, isAccepted: boolean][] = [
  ['text/plain', 'text/plain', true],
  ['text/plain', 'TEXT/Plain', true],
  ['text/plain', 'text/plain; charset=utf-8', false],
  ['text/plain; charset=utf-8', 'text/plain;charset=utf-8', true],
  ['text/plain; charset=utf-8', 'text/plain;charset=UTF-8', false],
  ['text/plain; charset=utf-8', 'text/plain', false],
  ['text/*', 'text/html', true],
  ['*/*', 'image/png', true],
  ['*', 'image/png', true],
  ['image/*', 'text/html', false],
  ['not a type', 'text/html', false],
  ['text/plain', 'not a type', false],
];

for (const [accepted, given, isAccepted] of rows) {
  test(`"${accepted}" ${isAccepted ? 'takes' : 'leaves'} "${given}"`, () => {
    assert.equal(createTypeMatcher([accepted])(given), isAccepted);
  });
}

test('hostile types are read in time', () => {
  const started = performance.now();
  createTypeMatcher(['text/plain'])(`a/b${';a=b'.repeat(20_000)};a="${'\\'.repeat(50_000)}`);
  assert.ok(performance.now() - started < 1000);
});
