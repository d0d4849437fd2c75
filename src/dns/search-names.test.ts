import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAskable, isServiceName, searchNames } from './search-names.ts';

const search = ['a.test', 'b.test'];
const both = ['web.a.test', 'web.b.test'];

describe('search domains', () => {
  const cases: readonly [string, number, boolean, readonly string[]][] = [
    ['web', 1, true, [...both, 'web']],
    ['web', 1, false, [...both, 'web']],
    ['web', 0, true, ['web', ...both]],
    ['web', 0, false, ['web']],
    ['web.', 1, true, ['web']],
    ['web.c', 1, true, ['web.c', 'web.c.a.test', 'web.c.b.test']],
    ['web.c', 1, false, ['web.c']],
    ['web.c', 2, false, ['web.c.a.test', 'web.c.b.test', 'web.c']],
  ];
  for (const [name, ndots, searchAll, names] of cases) {
    it(`complete "${name}" with ndots ${ndots}${searchAll ? ', longer names too' : ''}`, () => {
      assert.deepEqual(searchNames(name, { search, ndots, searchAll }), names);
    });
  }

  it('add nothing when there are none', () => {
    assert.deepEqual(searchNames('web', { search: [], ndots: 5, searchAll: true }), ['web']);
  });

  it('are left out where the name would be too long', () => {
    const long = `${'a.'.repeat(124)}b`;
    assert.deepEqual(searchNames(long, { search, ndots: 1, searchAll: true }), [long]);
  });
});

describe('names', () => {
  it('can be asked for when they fit into a question', () => {
    const label = 'a'.repeat(63);
    for (const name of ['a', 'a-b._c.d', label, `${label}.${label}.${label}.${'a'.repeat(61)}`]) {
      assert.ok(isAskable(name), name);
    }
    for (const name of ['', '.', 'a..b', '.a', `${label}a`, `${label}.${label}.${label}.${label}`, 'a b', 'a\0', 'ä']) {
      assert.ok(!isAskable(name), name);
    }
  });

  it('of services begin with two words with a line', () => {
    for (const name of ['_http._tcp.a', '_http._tcp.a.b']) assert.ok(isServiceName(name), name);
    for (const name of ['http._tcp.a', '_http.tcp.a', '_http._tcp', '_http._tcp.', '__http._tcp.a', 'x._a._b.c']) {
      assert.ok(!isServiceName(name), name);
    }
  });
});
