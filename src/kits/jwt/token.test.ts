import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { part } from './token.fixtures.ts';
import { createTokenParser } from './token.ts';

const parseToken = createTokenParser();

test('a token is taken apart', () => {
  assert.deepEqual(parseToken(`${part({ alg: 'HS256', kid: 'k' })}.${part({ iss: 'é' })}.AQID`), {
    algorithm: 'HS256',
    header: { alg: 'HS256', kid: 'k' },
    claims: { iss: 'é' },
    signed: `${part({ alg: 'HS256', kid: 'k' })}.${part({ iss: 'é' })}`,
    signature: 'AQID',
  });
});

test('what is no JSON, or no base64, is none', () => {
  const [header, claims] = [part({ alg: 'HS256' }), part({})];
  for (const text of [
    '',
    '.',
    '..',
    header,
    `${header}.${claims}`,
    `.${claims}.AQ`,
    `${header}..AQ`,
    `${header} .${claims}.AQ`,
    `${header}.${claims}+.AQ`,
    `${part('{')}.${claims}.AQ`,
    `${part('')}.${claims}.AQ`,
    `${header}.${part("{'iss':'a'}")}.AQ`,
    `${header}.${Buffer.from([0xff, 0xfe]).toString('base64url')}.AQ`,
  ]) {
    assert.equal(parseToken(text), 'invalid JSON', text);
  }
});

test('an algorithm must be one that is known, by its exact name', () => {
  for (const header of [
    {},
    [],
    null,
    1,
    '"HS256"',
    { alg: 'none' },
    { alg: 'None' },
    { alg: ['HS256'] },
    { alg: 'toString' },
  ]) {
    assert.equal(parseToken(`${part(header)}.${part({})}.AQ`), 'invalid alg');
  }
  assert.equal(parseToken(`${part('{"__proto__":{"alg":"HS256"}}')}.${part({})}.AQ`), 'invalid alg');
});

test('claims must be an object', () => {
  for (const claims of ['null', 'false', '1', '"a"', '[]']) {
    assert.equal(parseToken(`${part({ alg: 'HS256' })}.${part(claims)}.AQ`), 'invalid claims');
  }
});

test('a signature must be base64 for URLs', () => {
  for (const signature of ['A', 'AQ.AQ', 'A+Q', 'é']) {
    assert.equal(parseToken(`${part({ alg: 'HS256' })}.${part({})}.${signature}`), 'invalid signature');
  }
});

test('deep and long tokens are read or refused, not more', () => {
  const deep = '['.repeat(100_000);
  assert.equal(parseToken(`${part({ alg: 'HS256' })}.${part(deep)}.AQ`), 'invalid JSON');
  const nested = `{"a":${deep}${']'.repeat(100_000)}}`;
  assert.ok(['object', 'string'].includes(typeof parseToken(`${part({ alg: 'HS256' })}.${part(nested)}.AQ`)));
  assert.equal(parseToken('.'.repeat(1e6)), 'invalid JSON');
  assert.equal(parseToken('a'.repeat(1e6)), 'invalid JSON');
});

test('no text makes it throw', () => {
  const piece = fc.oneof(
    fc.constantFrom('.', '=', part({ alg: 'HS256' }), part({ iss: 'a' }), part('null'), part('[]'), 'AQID'),
    fc.json().map(part),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), (pieces) => {
      const token = parseToken(pieces.join(''));
      if (typeof token === 'object') assert.equal(token.algorithm, 'HS256');
    }),
    { numRuns: 2000 },
  );
});
