import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRegex } from './regex-check.ts';

for (const pattern of ['/a/(?<name>\\d+)$', '/a/(?P<name>x)', '(?i)case', '[[:alpha:]_-]+', '[]a]', '\\Aa', '']) {
  test(`"${pattern}" is one`, () => assert.equal(checkRegex(pattern), undefined));
}

const bad: readonly (readonly [pattern: string, fault: string])[] = [
  ['/users/(foo', 'missing closing parenthesis'],
  ['a)', 'unmatched closing parenthesis'],
  ['[a', 'missing terminating ] for character class'],
  ['*', 'quantifier does not follow a repeatable item'],
  ['[b-a]', 'range out of order in character class'],
  ['a{2,1}', 'numbers out of order in {} quantifier'],
  ['(?#a', 'missing ) after (?# comment'],
  ['a\\', '\\ at end of pattern'],
];

for (const [pattern, fault] of bad) {
  test(`"${pattern}" is none, in the words of PCRE`, () => {
    assert.equal(checkRegex(pattern), `pcre2_compile() failed: ${fault} in "${pattern}"`);
  });
}

test('what cannot be run safely is none either', () => {
  assert.equal(checkRegex('(a)\\1'), 'back-references are not supported');
  assert.equal(checkRegex('a++'), 'possessive quantifiers are not supported');
});

// Anything much worse than linear would take minutes here.
test('long and hostile patterns are judged', () => {
  for (const part of ['+', '(?#', '(', '[', '(?', '[[:', 'a|', '(*A', '\\Q']) {
    const verdict = checkRegex(part.repeat(20_000));
    assert.ok(verdict === undefined || verdict.length > 0);
  }
});
