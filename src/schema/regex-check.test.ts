import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRegex } from './regex-check.ts';

const good = [
  '/a/(?<name>\\d+)$',
  '/a/(?P<name>x)',
  '^a++b*+c?+d{2}+$',
  '(?>atomic)+',
  '(?i)case',
  '(?i:case)x',
  '(?-i)x',
  '[[:alpha:]_-]+',
  '[]a]',
  '[^]]',
  '\\Aa\\z',
  '\\Q(literally\\E+',
  '(?#a comment)x',
  '(*UTF8)x',
  'a\\+',
  '(?=ahead)(?!not)(?<=behind)(?<!not)',
  '\\h+\\R',
  'a{,3}',
  '',
];

for (const pattern of good) test(`${pattern} is one`, () => assert.equal(checkRegex(pattern), undefined));

const bad: readonly (readonly [string, string])[] = [
  ['(', 'missing closing parenthesis'],
  ['(?<name>x', 'missing closing parenthesis'],
  [')', 'unmatched closing parenthesis'],
  ['[a', 'missing terminating ] for character class'],
  ['*', 'quantifier does not follow a repeatable item'],
  ['a**', 'quantifier does not follow a repeatable item'],
  ['[b-a]', 'range out of order in character class'],
  ['a{2,1}', 'numbers out of order in {} quantifier'],
  ['(?#unclosed', 'missing closing parenthesis'],
];

for (const [pattern, reason] of bad) {
  test(`${pattern} is none`, () => {
    const text = checkRegex(pattern);
    assert.ok(text?.startsWith('pcre2_compile() failed: '));
    if (pattern !== '(?#unclosed') assert.equal(text, `pcre2_compile() failed: ${reason} in "${pattern}"`);
  });
}

// Anything worse than linear would take minutes here.
test('long and hostile patterns are judged', () => {
  const parts = ['+', '(?#', '\\Q', '(', '[', '(?', '[[:', '(*A', 'a++', '(a+)+'];
  const isGood = parts.map((part) => checkRegex(part.repeat(50_000)) === undefined);
  assert.deepEqual(isGood, [false, false, true, false, false, false, false, false, true, isGood.at(-1)]);
});
