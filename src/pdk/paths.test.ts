import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizePath } from '../kernel/index.ts';
import { escapePath } from './paths.ts';

const escaped: readonly [path: string, escaped: string][] = [
  ['/a/b', '/a/b'],
  ['/a b', '/a%20b'],
  ['/a%20b', '/a%20b'],
  ['/é"', '/%C3%A9%22'],
  ["/!#$&'()*+,/:;=?@[]-_.~%", "/!#$&'()*+,/:;=?@[]-_.~%"],
  ['/a\r\nb{}', '/a%0D%0Ab%7B%7D'],
];

for (const [path, expected] of escaped) {
  test(`escapes ${JSON.stringify(path)}`, () => {
    assert.equal(escapePath(path), expected);
  });
}

const normal: readonly [path: string, normal: string][] = [
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a/b/', '/a/b/'],
  ['//a///b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/./b/.', '/a/b/'],
  ['/a/b/..', '/a/'],
  ['/../../a', '/a'],
  ['/..', '/'],
  ['/%61%2f%2F', '/a%2F%2F'],
  ['/%2e%2e/a', '/a'],
  ['/a%zz', '/a%zz'],
  ['/a.b/.c', '/a.b/.c'],
  ['/%C3%A9', '/\xc3\xa9'],
];

for (const [path, expected] of normal) {
  test(`normalises ${path}`, () => {
    assert.equal(normalizePath(path), expected);
  });
}
