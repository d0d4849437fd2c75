import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeArgs, parseArgs, removeArg } from './args.ts';

const parsed: readonly [query: string, args: object][] = [
  ['', {}],
  ['a=1', { a: '1' }],
  ['a', { a: true }],
  ['a=', { a: '' }],
  ['a=1&a=2', { a: ['1', '2'] }],
  ['a&a=&a=x', { a: [true, '', 'x'] }],
  ['a=b=c', { a: 'b=c' }],
  ['=x&&a=1&', { a: '1' }],
  ['a+b=c+d', { 'a b': 'c d' }],
  ['%41=%62', { A: 'b' }],
  ['try=%search%%20%again%', { try: '%search% %again%' }],
  ['q=%C3%A9', { q: 'é' }],
  ['q=\xc3\xa9', { q: 'é' }],
  ['q=%E9', { q: '\xe9' }],
  ['__proto__=x', Object.fromEntries([['__proto__', 'x']])],
];

for (const [query, args] of parsed) {
  test(`parses the query ${JSON.stringify(query)}`, () => {
    const found = parseArgs(query);
    assert.equal(Object.getPrototypeOf(found), null);
    assert.deepEqual(Object.entries(found), Object.entries(args));
  });
}

test('arguments past the limit are not seen', () => {
  assert.deepEqual({ ...parseArgs('a=1&b=2&c=3', 2) }, { a: '1', b: '2' });
  const many = Array.from({ length: 101 }, (_, at) => `n${at}=x`).join('&');
  assert.equal(Object.keys(parseArgs(many)).length, 100);
});

const written: readonly [args: { [name: string]: unknown }, query: string][] = [
  [{}, ''],
  [{ b: 1, a: 'x' }, 'a=x&b=1'],
  [{ a: true, b: false, c: null }, 'a'],
  [{ a: ['2', '1', true] }, 'a=2&a=1&a'],
  [{ a: [] }, ''],
  [{ 'a b': 'c/d?é' }, 'a%20b=c%2Fd%3F%C3%A9'],
  [{ a: "-_.!~*'()" }, "a=-_.!~*'()"],
  [{ a: '\ud800' }, 'a=%EF%BF%BD'],
];

for (const [args, query] of written) {
  test(`writes ${JSON.stringify(args)}`, () => {
    assert.equal(encodeArgs(args), query);
  });
}

test('a record is no argument', () => {
  assert.throws(() => encodeArgs({ a: {} }), new TypeError('attempt to use table as query arg value'));
});

test('an argument is taken out by its decoded name, the others keep their bytes', () => {
  assert.equal(removeArg('a=%20&api%6bey=1&b&apikey=2&c=+', 'apikey'), 'a=%20&b&c=+');
  assert.equal(removeArg('a=1&&b', 'c'), 'a=1&&b');
  assert.equal(removeArg('apikey', 'apikey'), '');
  assert.equal(removeArg('', 'apikey'), '');
});
