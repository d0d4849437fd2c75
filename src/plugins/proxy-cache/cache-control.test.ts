import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshnessOf, parseDirectives, secondsOf } from './cache-control.ts';

test('directives are read with their values', () => {
  assert.deepEqual(
    [...parseDirectives('no-cache, Max-Age=30,s-maxage="10", private=set-cookie,, community="UCI"')],
    [
      ['no-cache', true],
      ['max-age', 30],
      ['s-maxage', '"10"'],
      ['private', 'set-cookie'],
      ['community', '"UCI"'],
    ],
  );
  assert.equal(parseDirectives(undefined).size, 0);
  assert.equal(secondsOf(parseDirectives('max-age=x'), 'max-age'), undefined);
});

const now = Date.UTC(2026, 10, 20, 13) / 1000;
const rows: readonly [header: string, expires: string | undefined, seconds: number][] = [
  ['max-age=30', undefined, 30],
  ['s-maxage=10, max-age=30', undefined, 10],
  ['max-age=30', 'Fri, 20 Nov 2026 14:00:00 GMT', 30],
  ['max-age=-1', undefined, 0],
  ['max-age=x', 'Fri, 20 Nov 2026 14:00:00 GMT', 0],
  ['public', 'Fri, 20 Nov 2026 13:01:00 GMT', 60],
  ['', 'Fri, 20 Nov 2026 12:00:00 GMT', 0],
  ['', '0', 0],
  ['', undefined, 0],
];

for (const [header, expires, seconds] of rows) {
  test(`"${header}" with Expires ${expires ?? 'absent'} is fresh for ${seconds} s`, () => {
    assert.equal(freshnessOf(parseDirectives(header), expires, now), seconds);
  });
}
