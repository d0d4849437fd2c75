import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildArguments } from './arguments.ts';
import { maxArguments, parsePairs } from './pairs.ts';

/** Records without prototype, as plain ones, so that whole values can be compared. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const read = (text: string): unknown => plain(buildArguments(parsePairs(text)!));

describe('form arguments', () => {
  for (const [text, expected] of [
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=', { a: '' }],
    ['a', { a: true }],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['a=b=c', { a: 'b=c' }],
    ['a+b=c+d', { 'a b': 'c d' }],
    ['%61=%C3%BC', { a: 'ü' }],
    ['a=%zz%4', { a: '%zz%4' }],
    ['a=%zz%41', { a: '%zzA' }],
    ['&&a=1&', { a: '1' }],
    ['a.b=1', { a: { b: '1' } }],
    ['a.b.c=1&a.b.d=2', { a: { b: { c: '1', d: '2' } } }],
    ['a[]=1', { a: '1' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a[2]=y&a[1]=x', { a: ['x', 'y'] }],
    ['a[1].b=x&a[1].c=y&a[2].b=z', { a: [{ b: 'x', c: 'y' }, { b: 'z' }] }],
    ['a[k]=1', { a: { k: '1' } }],
    ['a[k.l]=1', { a: { 'k.l': '1' } }],
    ['a.b[c][]=1&a.b[c][]=2', { a: { b: { c: ['1', '2'] } } }],
    ['a%5Bk%5D=1', { a: { k: '1' } }],
    ['[5]=1', { '[5]': '1' }],
    ['.a=1', { '.a': '1' }],
    ['a.=1', { 'a.': '1' }],
    ['a[k=1', { 'a[k': '1' }],
    ['a=1&a.b=2', { a: { 1: '1', b: '2' } }],
    ['__proto__.x=1', JSON.parse('{"__proto__":{"x":"1"}}')],
    ['a[__proto__]=1', { a: JSON.parse('{"__proto__":"1"}') }],
  ] as const) {
    it(`read ${JSON.stringify(text)}`, () => assert.deepEqual(read(text), expected));
  }

  it('leave prototypes alone', () => {
    const built = buildArguments(parsePairs('__proto__.polluted=1&constructor.prototype.polluted=1')!);
    assert.equal(Object.getPrototypeOf(built), null);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it('take names of more than 32 parts as they are', () => {
    const name = 'a.'.repeat(40);
    assert.deepEqual(read(`${name}a=1`), { [`${name}a`]: '1' });
  });

  it('are read in one pass, whatever brackets are left open', () => {
    const name = '['.repeat(2_000_000);
    assert.deepEqual(read(`a=1&${name}=2`), { a: '1', [name]: '2' });
    assert.equal(Object.keys(read(`a]${name}=2`) as object).length, 1);
  });

  it('are at most a thousand', () => {
    const many = (count: number): string => Array.from({ length: count }, (_, at) => `a${at}`).join('&');
    assert.equal(parsePairs(many(maxArguments))?.length, maxArguments);
    assert.equal(parsePairs(many(maxArguments + 1)), undefined);
  });
});
