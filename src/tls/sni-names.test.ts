import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSniNames } from './sni-names.ts';

function names(...known: string[]) {
  const sniNames = createSniNames<string>();
  for (const name of known) sniNames.set(name, name);
  return sniNames;
}

describe('SNI match', () => {
  const all = names('a.example.com', '*.example.com', 'a.example.*', 'example.*', '*');
  for (const [serverName, expected] of [
    ['a.example.com', 'a.example.com'],
    ['A.Example.COM', 'a.example.com'],
    ['a.example.com.', 'a.example.com'],
    ['b.example.com', '*.example.com'],
    ['a.example.org', 'a.example.*'],
    ['example.net', 'example.*'],
    ['b.example.org', '*'],
    ['localhost', '*'],
    ['x.y.example.com', '*'],
  ]) {
    it(`finds "${expected}" for "${serverName}"`, () => {
      assert.equal(all.match(serverName!), expected);
    });
  }

  it('prefers the leading wildcard to the trailing one', () => {
    assert.equal(names('*.b.c', 'a.b.*').match('a.b.c'), '*.b.c');
  });

  it('does not widen a name of two labels to its top-level domain', () => {
    assert.equal(names('*.com').match('example.com'), undefined);
  });

  it('bears names that are no host names', () => {
    for (const odd of ['', '.', '..', 'a.', '.a', '*', '__proto__', 'constructor']) {
      assert.equal(names('*.example.com').match(odd), undefined, odd);
    }
  });

  it('forgets deleted names', () => {
    const some = names('a.b.c', '*.b.c');
    some.delete('A.b.c');
    assert.equal(some.match('a.b.c'), '*.b.c');
    assert.equal(some.get('a.b.c'), undefined);
  });
});
