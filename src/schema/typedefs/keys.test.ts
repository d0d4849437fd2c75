import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { errorsOf, rowOf, schemaOf } from '../schema.fixtures.ts';
import { certificate, key } from './keys.ts';

const schema = schemaOf({ cert: certificate(), key: key() });
const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

test('keys are private or public ones in PEM', () => {
  rowOf(schema.insert({ key: privateKey }));
  rowOf(schema.insert({ key: publicKey }));
});

test('anything else is refused, with the reason', () => {
  const errors = errorsOf(schema.insert({ cert: privateKey, key: privateKey.slice(0, 60) }));
  assert.match(errors.cert as string, /^invalid certificate: ./);
  assert.match(errors.key as string, /^invalid key: ./);
});
