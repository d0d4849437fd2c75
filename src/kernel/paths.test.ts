import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { normalizePath } from './paths.ts';

const table: readonly (readonly [path: string, normal: string])[] = [
  ['', ''],
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a/...', '/a/...'],
  ['/a.b/..c/d.', '/a.b/..c/d.'],
  // Characters that are not reserved are decoded, once.
  ['/%61%2Db%5F%7E', '/a-b_~'],
  ['/a%20b', '/a b'],
  ['/caf%C3%A9', '/caf\u00c3\u00a9'],
  ['/%00%0a', '/\u0000\n'],
  ['/%2561', '/%2561'],
  ['/%22%3c%7B', '/"<{'],
  // Reserved ones are not, but their digits become upper case.
  ['/a%2fb', '/a%2Fb'],
  [
    '/%21%2A%27%28%29%3b%3a%40%26%3d%2b%24%2c%2F%3f%25%23%5b%5d',
    '/%21%2A%27%28%29%3B%3A%40%26%3D%2B%24%2C%2F%3F%25%23%5B%5D',
  ],
  // What is no triplet stays.
  ['/%', '/%'],
  ['/%zz/%4', '/%zz/%4'],
  ['/%%61', '/%a'],
  // Dot segments, also encoded ones.
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/%2e%2E/b', '/b'],
  ['/a/..', '/'],
  ['/a/.', '/a/'],
  ['/a/b/..', '/a/'],
  ['/..', '/'],
  ['/../../x', '/x'],
  ['/.', '/'],
  ['/a/b/../../../c', '/c'],
  // Slashes.
  ['//', '/'],
  ['//a', '/a'],
  ['/a//b///c', '/a/b/c'],
  ['/a//', '/a/'],
  ['/a//../b', '/b'],
  // Paths that do not start with a slash.
  ['a/b', 'a/b'],
  ['a/../b', '/b'],
  ['../a', 'a'],
  ['./../a', 'a'],
  ['..', ''],
  ['.', ''],
  ['*', '*'],
];

describe('normalizePath', () => {
  for (const [path, normal] of table) {
    test(`${JSON.stringify(path)} becomes ${JSON.stringify(normal)}`, () => {
      assert.equal(normalizePath(path), normal);
    });
  }

  const text = fc.string({ unit: fc.constantFrom('a', '/', '.', '%', '2', 'e', 'E', 'F', '~'), maxLength: 12 });

  test('leaves no dot segment, no double slash and no lower-case triplet of a reserved character', () => {
    fc.assert(
      fc.property(text, (rest) => {
        const normal = normalizePath(`/${rest}`);
        assert.match(normal, /^\//);
        assert.doesNotMatch(normal, /\/\/|\/\.{1,2}(?:\/|$)/);
        assert.doesNotMatch(normal, /%2f/);
      }),
    );
  });

  test('does what the removal of RFC 3986 does to a path without encoded characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b.', '.', '..', '..c', ''), { minLength: 1, maxLength: 8 }),
        (segments) => {
          const path = `/${segments.join('/')}`.replaceAll(/\/+/g, '/');
          assert.equal(normalizePath(path), new URL(path, 'http://x.test').pathname);
        },
      ),
    );
  });

  test('gives a normal path back', () => {
    fc.assert(
      fc.property(text, (rest) => {
        const once = normalizePath(`/${rest}`);
        // Decoding can give a new triplet, which must not be decoded again in one go but would be in a second.
        if (!once.includes('%')) assert.equal(normalizePath(once), once);
      }),
    );
  });
});
