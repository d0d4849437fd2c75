import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { type AlgorithmName, algorithmNames, createTokenParser, judgeSignature, parseKeySet } from './index.ts';
import { part, signed, signedWith } from './token.fixtures.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed = generateKeyPairSync('ed25519');

const jwk = (key: KeyObject, more: object = {}): object => ({ ...key.export({ format: 'jwk' }), ...more });
const set = (...keys: unknown[]) => parseKeySet(JSON.stringify({ keys }));

function algorithmsFor(key: object): AlgorithmName[] {
  const keys = set(key);
  return algorithmNames.filter((name) => keys.find(undefined, name).length > 0);
}

test('a key fits the algorithms of its type, its curve and its own word', () => {
  const all: AlgorithmName[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
  assert.deepEqual(algorithmsFor(jwk(rsa.publicKey)), all);
  assert.deepEqual(algorithmsFor(jwk(rsa.publicKey, { alg: 'PS256' })), ['PS256']);
  assert.deepEqual(algorithmsFor(jwk(rsa.publicKey, { alg: 'HS256' })), []);
  assert.deepEqual(algorithmsFor(jwk(rsa.publicKey, { alg: 'RSA-OAEP' })), []);
  assert.deepEqual(algorithmsFor(jwk(ec.publicKey)), ['ES256']);
  assert.deepEqual(algorithmsFor(jwk(ec384.publicKey)), ['ES384']);
  assert.deepEqual(algorithmsFor(jwk(ed.publicKey)), ['EdDSA']);
});

test('keys of another use, symmetric, short or broken ones are passed over', () => {
  for (const key of [
    jwk(rsa.publicKey, { use: 'enc' }),
    jwk(rsa.publicKey, { key_ops: ['encrypt'] }),
    jwk(short.publicKey),
    { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' },
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    { kty: 'EC', crv: 'toString' },
    { kty: 'RSA' },
    {},
  ]) {
    assert.deepEqual(algorithmsFor(key), []);
  }
  assert.equal(set(null, 1, 'x', [], jwk(rsa.publicKey)).find(undefined, 'RS256').length, 1);
});

test('private parts bring a public key in', () => {
  const [key] = set(jwk(rsa.privateKey)).find(undefined, 'RS256');
  assert.equal(key?.type, 'public');
});

test('an id finds its keys and no others', () => {
  const keys = set(jwk(rsa.publicKey, { kid: 'a' }), jwk(ec.publicKey, { kid: 'a' }), jwk(ed.publicKey));
  assert.deepEqual(
    [keys.find('a', 'RS256').length, keys.find('a', 'ES256').length, keys.find('a', 'EdDSA').length],
    [1, 1, 0],
  );
  assert.equal(keys.find('b', 'RS256').length, 0);
  assert.equal(keys.find('__proto__', 'RS256').length, 0);
});

test('what is no set is refused, and of a large one not all is looked at', () => {
  for (const text of ['', 'x', 'null', '1', '[]', '{}', '{"keys":{}}']) assert.throws(() => parseKeySet(text));
  const many = Array.from({ length: 300 }, () => jwk(ed.publicKey));
  assert.equal(set(...many).find(undefined, 'EdDSA').length, 8);
});

const parse = createTokenParser();

/** Judges a token by keys that may be renewed. */
async function judge(text: string, keys: readonly object[], renewed?: readonly object[]) {
  const token = parse(text);
  assert.ok(typeof token === 'object', text);
  let renewals = 0;
  const verdict = await judgeSignature(
    {
      get: () => set(...keys),
      async renew() {
        renewals++;
        return renewed && set(...renewed);
      },
    },
    token,
  );
  return [verdict, renewals];
}

function withHeader(header: object, key: KeyObject, alg: string): string {
  const [, claims = ''] = signedWith({ sub: 'a' }, alg, key).split('.');
  const text = `${part({ alg, ...header })}.${claims}`;
  const [, , signature = ''] = signedWith({}, alg, key).split('.');
  return `${text}.${signature}`;
}

test('a signature is good by a key of the set, whatever its algorithm', async () => {
  for (const [alg, pair] of [
    ['RS256', rsa],
    ['PS512', rsa],
    ['ES256', ec],
    ['ES384', ec384],
    ['EdDSA', ed],
  ] as const) {
    assert.deepEqual(await judge(signedWith({}, alg, pair.privateKey), [jwk(pair.publicKey)]), ['good', 0]);
  }
});

test('nothing public is a secret', async () => {
  const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const keys = [jwk(rsa.publicKey), { kty: 'oct', k: part('secret') }];
  for (const secret of [
    pem,
    JSON.stringify(jwk(rsa.publicKey)),
    'secret',
    rsa.publicKey.export({ format: 'jwk' }).n!,
  ]) {
    assert.deepEqual(await judge(signed({}, secret), keys, keys), ['bad', 0]);
  }
});

test('an algorithm that is not the key’s own is bad', async () => {
  assert.deepEqual(await judge(signedWith({}, 'RS256', rsa.privateKey), [jwk(rsa.publicKey, { alg: 'PS256' })]), [
    'bad',
    1,
  ]);
});

test('an unknown id has newer keys asked for once; a wrong signature does not', async () => {
  const text = withHeader({ kid: 'new' }, rsa.privateKey, 'RS256');
  assert.deepEqual(await judge(text, [jwk(ed.publicKey, { kid: 'old' })]), ['bad', 1]);
  assert.deepEqual(await judge(text, [jwk(rsa.publicKey, { kid: 'new' })], []), ['bad', 0]);
});

test('a key that is new is found', async () => {
  const text = signedWith({}, 'ES256', ec.privateKey);
  assert.deepEqual(await judge(text, [jwk(ed.publicKey)], [jwk(ec.publicKey)]), ['good', 1]);
});

test('extensions that must be understood are not', async () => {
  const text = withHeader({ crit: ['exp'] }, rsa.privateKey, 'RS256');
  assert.deepEqual(await judge(text, [jwk(rsa.publicKey)]), ['bad', 0]);
  assert.deepEqual(await judge(withHeader({ kid: 7 }, rsa.privateKey, 'RS256'), [jwk(rsa.publicKey)]), ['bad', 0]);
});

test('without keys there is no verdict', async () => {
  const token = parse(signedWith({}, 'ES256', ec.privateKey));
  assert.ok(typeof token === 'object');
  const source = { get: () => undefined, renew: async () => undefined };
  assert.equal(await judgeSignature(source, token), 'absent');
});
