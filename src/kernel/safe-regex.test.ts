import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileSafeRegex } from './safe-regex.ts';

const anchored = { anchored: true };

/** Matches at the start; `expected` is the text that matches, null for none. */
const meanings: readonly (readonly [pattern: string, text: string, expected: string | null])[] = [
  ['/users/(?<id>[^#?/]+)$', '/users/12', '/users/12'],
  ['/users/(?<id>[^#?/]+)$', '/users/12/', null],
  ['\\d+', '12x', '12'],
  ['x|yz', 'yz', 'yz'],
  ['(?i)a\u00e9[b-d]', 'A\u00e9C', 'A\u00e9C'],
  ['(?i)[^a]', 'A', null],
  ['a(?i)b|c', 'aB', 'aB'],
  ['a(?i)b|c', 'C', 'C'],
  ['(?i:a)b', 'AB', null],
  ['(?i:a(?-i)b)c', 'Abc', 'Abc'],
  ['a.c', 'a\nc', null],
  ['(?s)a.c', 'a\nc', 'a\nc'],
  ['a\\Nc', 'a\rc', 'a\rc'],
  ['(?s:.)', '\n', '\n'],
  ['a$', 'a\n', null],
  ['a\\Z', 'a', 'a'],
  ['(?m)a$\\nb', 'a\nb', 'a\nb'],
  ['(?m)^a\\n^b', 'a\nb', 'a\nb'],
  ['\\Aa\\z', 'a', 'a'],
  ['\\w+\\b', 'ab-', 'ab'],
  ['a\\B', 'a-', null],
  ['\\s', '\u00a0', null],
  ['\\s', '\v', '\v'],
  ['\\h', '\u00a0', '\u00a0'],
  ['\\v', '\u0085', '\u0085'],
  ['\\D\\W\\S\\H\\V', 'a-bcd', 'a-bcd'],
  ['\\d', '\u0661', null],
  ['[[:alpha:]_-]+', 'aB_-1', 'aB_-'],
  ['[[:^digit:]]+', 'ab1', 'ab'],
  ['[]a]+', ']a', ']a'],
  ['[^]a]+', 'b]', 'b'],
  ['[a\\-z]+', '-az', '-az'],
  ['[a-\\d]+', '-a1', '-a1'],
  ['[a-]+', 'a-', 'a-'],
  ['[\\b\\n\\x41]+', '\b\nA', '\b\nA'],
  ['[\\d.]+', '1.2', '1.2'],
  ['a{2}', 'aaa', 'aa'],
  ['a{1,2}?', 'aa', 'a'],
  ['a{2,}', 'aaa', 'aaa'],
  ['a{,2}', 'a{,2}', 'a{,2}'],
  ['a{x', 'a{x', 'a{x'],
  ['a]}', 'a]}', 'a]}'],
  ['a*?b', 'aab', 'aab'],
  ['\\x2f\\x{2F}\\057\\cA\\e\\t\\.', '///\x01\x1b\t.', '///\x01\x1b\t.'],
  ["(?'n'a)(?P<m>b)", 'ab', 'ab'],
  ['a(?#note)b', 'ab', 'ab'],
  ['(?:)', 'x', ''],
  ['', 'x', ''],
  ['a(?=b)', 'ab', 'a'],
  ['a(?!b)', 'ab', null],
  ['a(?<=a)b', 'ab', 'ab'],
  ['a(?<!a)b', 'ab', null],
  ['(a+)+$', 'aaa', 'aaa'],
  ['(?i)(a|a)*B', 'aAb', 'aAb'],
  ['(\\w+\\s?)*[^\\x00-\\x{fffe}]', 'ab \uffff', 'ab \uffff'],
];

describe('what patterns mean', () => {
  for (const [pattern, text, expected] of meanings) {
    test(`"${pattern}" on ${JSON.stringify(text)}`, () => {
      const regex = compileSafeRegex(pattern, '', anchored);
      assert.equal(regex.exec(text)?.text ?? null, expected);
      assert.equal(regex.test(text), expected !== null);
    });
  }

  test('flag i ignores the case of ASCII letters', () => {
    assert.equal(compileSafeRegex('chrome|firefox', 'i').exec('x FireFox')?.index, 2);
  });

  for (const [engine, pattern] of [
    ['v8', '/(?<a>x)?(?<b>y)(z)?'],
    ['re2', '/(?<a>x)?(?<b>y)(z)?(?:w+)*'],
  ] as const) {
    test(`captures by number and name, run by ${engine}`, () => {
      const regex = compileSafeRegex(pattern, '', anchored);
      assert.equal(regex.engine, engine);
      const found = regex.exec('/yz');
      assert.deepEqual(found?.captures, [undefined, 'y', 'z']);
      assert.deepEqual({ ...found?.named }, { a: undefined, b: 'y' });
      assert.equal(Object.getPrototypeOf(found?.named), null);
      assert.equal(found?.index, 0);
      assert.equal(regex.exec('yz'), null);
    });
  }

  test('an unanchored pattern finds the first place', () => {
    for (const pattern of ['b+', '(?:b|b)+']) {
      const found = compileSafeRegex(pattern).exec('aabb');
      assert.deepEqual([found?.index, found?.text], [2, 'bb']);
    }
  });
});

describe('what is refused', () => {
  const refused: readonly (readonly [pattern: string, reason: RegExp])[] = [
    ['(a', /unclosed group at 0/],
    ['a)', /unmatched "\)" at 1/],
    ['[a', /unclosed class at 0/],
    ['[b-a]', /range out of order/],
    ['[[:nope:]]', /unknown class/],
    ['*a', /nothing to repeat at 0/],
    ['a**', /nothing to repeat at 2/],
    ['a{2,1}', /numbers out of order/],
    ['a\\', /at the end of the pattern/],
    ['(?#a', /unclosed comment/],
    ['(?<n>a)(?<n>b)', /two groups are named "n"/],
    ['(?<1>a)', /unknown kind of group/],
    ['(a)\\1', /back-references are not supported/],
    ['(?<n>a)\\k<n>', /back-references are not supported/],
    ['(?P=n)', /unknown kind of group/],
    ['a++', /possessive quantifiers are not supported/],
    ['(?>a)', /atomic groups are not supported/],
    ['(*LIMIT_MATCH=1)a', /unknown kind of group/],
    ['(?R)', /flag "R" is not supported/],
    ['(?x) a', /flag "x" is not supported/],
    ['\\p{L}', /"\\p" at 0 is not supported/],
    ['\\R', /"\\R" is not supported/],
    ['\\Qa\\E', /"\\Q" at 0 is not supported/],
    ['.*(?!x*y)z', /more than linear time, and RE2 cannot run it/],
    ['(?:(?=(?:a|a)b)a)*', /more than linear time, and RE2 cannot run it/],
    ['('.repeat(200) + ')'.repeat(200), /more than 100 groups/],
  ];
  for (const [pattern, reason] of refused) {
    test(`"${pattern.slice(0, 30)}"`, () => {
      assert.throws(() => compileSafeRegex(pattern), { code: 'ERR_REGEX', status: 400, message: reason });
    });
  }
});

describe('which engine runs what', () => {
  const v8 = [
    '/users/(?<id>[^#?/]+)$',
    '/users/\\d+/profile',
    '/.*',
    '/.*/edit$',
    '/(.*)\\.(jpg|png)$',
    '/(foo|bar|baz)(/.*)?$',
    '/[a-z0-9]+(?:-[a-z0-9]+)*$',
    '/(?!api/).*',
    '(?!.*admin)/.*',
    '/[\\w.-]+@[\\w-]+\\.\\w+',
    '/(?<=/)x',
    '/\\d{2,4}-\\d{2}',
  ];
  for (const pattern of v8) {
    test(`V8 runs "${pattern}" at the start`, () => {
      assert.equal(compileSafeRegex(pattern, '', anchored).engine, 'v8');
    });
  }

  for (const pattern of ['windows|os\\s+x\\s*[\\d._]+|bsd', '\\d+', 'foo.*', '^foo.*bar', '.*', 'x?', '(?:^a|^b).*c']) {
    test(`V8 runs "${pattern}" anywhere`, () => {
      assert.equal(compileSafeRegex(pattern).engine, 'v8');
    });
  }

  const re2 = [
    '(a+)+$',
    '(a|a)*b',
    '(a|aa)+$',
    '(a*)*b',
    '(a?)*b',
    '(|a|)*b',
    '\\d+\\d+x',
    '(\\w+\\s?)*$',
    '/(.*)/(.*)$',
    '(a?){20}a{20}',
    '(.*a){20}$',
    'a{500}',
    '(?i)(a|A)+$',
  ];
  for (const pattern of re2) {
    test(`RE2 runs "${pattern}"`, () => {
      assert.equal(compileSafeRegex(pattern, '', anchored).engine, 're2');
    });
  }

  for (const pattern of ['\\d+x', 'foo.*bar', 'a*b', 'a+$']) {
    test(`RE2 runs "${pattern}" anywhere, V8 at the start`, () => {
      assert.equal(compileSafeRegex(pattern).engine, 're2');
      assert.equal(compileSafeRegex(pattern, '', anchored).engine, 'v8');
    });
  }

  test('patterns that hang V8 are done at once on 50,000 characters', () => {
    const text = `${'a'.repeat(50_000)}!`;
    for (const pattern of ['(a+)+$', '(a|aa)+$', '(?:a*)*b', 'a*a*a*a*a*b', '(a?){30}a{30}$']) {
      assert.equal(compileSafeRegex(pattern, '', anchored).exec(text), null);
      assert.equal(compileSafeRegex(`${pattern}`).test(text), false);
    }
  });
});

describe('what every match begins with', () => {
  const prefixes: readonly (readonly [pattern: string, prefix: string])[] = [
    ['/users/(?<id>\\d+)', '/users/'],
    ['/a|/b', '/'],
    ['(?:/api/v1|/api/v2)/x', '/api/v'],
    ['/ab?c', '/a'],
    ['/ab+c', '/ab'],
    ['/(ab){2}', '/ab'],
    ['/(?i)ab', '/'],
    ['^/a(?!b)c', '/ac'],
    ['.*', ''],
    ['/[a]b', '/ab'],
    ['(/a)(/b)', '/a/b'],
    ['/a||', ''],
  ];
  for (const [pattern, prefix] of prefixes) {
    test(`"${pattern}" begins with "${prefix}"`, () => {
      assert.equal(compileSafeRegex(pattern, '', anchored).literalPrefix, prefix);
    });
  }
});

test('a pattern that begins with a condition for the start is anchored', () => {
  const isAnchored = (pattern: string) => compileSafeRegex(pattern).isAnchored;
  for (const pattern of ['^a', '\\Aa', '(^a)b', '^a|^b', '(?:^a|^b)c', '^', '^(a+)+$'])
    assert.ok(isAnchored(pattern), pattern);
  for (const pattern of ['a', '^a|b', '(?m)^a', '(?:^a)?b', 'a^', '']) assert.ok(!isAnchored(pattern), pattern);
  assert.ok(compileSafeRegex('a', '', anchored).isAnchored);
  // So what is harmless at the start only may run there.
  assert.equal(compileSafeRegex('^/a/.*b').engine, compileSafeRegex('/a/.*b', '', anchored).engine);
  assert.equal(compileSafeRegex('^/a|b').exec('xb')?.text, 'b');
});
