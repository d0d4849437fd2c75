import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findHeader, forEachHeader, headerTable, headerValues, isToken, searchForm, valueAt } from './header-block.ts';

const block = '\nHost: a\r\nX-Two: 1\r\nx_two:2 \r\nEmpty:\r\nX: y: z\r\nX-Two-More: \t3\t\r\n';
const search = searchForm(block);

describe('findHeader', () => {
  it('finds names in any case and with either dash', () => {
    assert.equal(valueAt(block, findHeader(search, 'host')), 'a');
    assert.deepEqual(headerValues(block, search, 'x-two'), ['1', '2']);
  });

  it('takes no part of a name or of a value for a name', () => {
    assert.equal(findHeader(search, 'two'), -1);
    assert.equal(findHeader(search, 'y'), -1);
    assert.equal(findHeader(search, 'x-tw'), -1);
  });

  it('finds whatever many names are asked for', () => {
    for (let at = 0; at < 5000; at += 1) assert.equal(findHeader(search, `absent-${at}`), -1);
    assert.equal(valueAt(block, findHeader(search, 'x-two-more')), '3');
  });
});

describe('forEachHeader', () => {
  it('visits all lines in order, until it is told to stop', () => {
    const seen: string[] = [];
    forEachHeader(block, (name, value) => {
      seen.push(`${name}=${value}`);
      return seen.length < 4;
    });
    assert.deepEqual(seen, ['Host=a', 'X-Two=1', 'x_two=2', 'Empty=']);
  });

  it('visits nothing of an empty block', () => {
    forEachHeader('\n', () => assert.fail('a line was found'));
  });
});

describe('headerTable', () => {
  it('holds values by lower-case name, lists where there are several', () => {
    assert.deepEqual({ ...headerTable('\nA: 1\r\na: 2\r\nB: 3\r\nA: 4\r\n', 100) }, { a: ['1', '2', '4'], b: '3' });
  });

  it('takes so many lines and no more', () => {
    assert.deepEqual({ ...headerTable('\nA: 1\r\na: 2\r\nB: 3\r\n', 2) }, { a: ['1', '2'] });
  });

  it('takes names of prototypes for names', () => {
    const table = headerTable('\n__proto__: 1\r\nconstructor: 2\r\n', 100);
    assert.deepEqual(Object.entries(table), [
      ['__proto__', '1'],
      ['constructor', '2'],
    ]);
    assert.equal(Object.getPrototypeOf(table), null);
  });
});

describe('isToken', () => {
  it('judges', () => {
    for (const text of ['a', 'X-A', "!#$%&'*+-.^_`|~0"]) assert.ok(isToken(text), text);
    for (const text of ['', 'a b', 'a:', 'ä', 'a\r', '(', '"', '\u0141']) assert.ok(!isToken(text), text);
  });
});
