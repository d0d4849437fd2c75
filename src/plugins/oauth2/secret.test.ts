import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchema } from '../../schema/index.ts';
import { oauth2Credentials } from './entities.ts';
import { hashSecret, isSecretOf } from './secret.ts';

/** "bobs-secret" with 16 bytes of salt from 0 on: PBKDF2 with SHA-512, 10,000 rounds, 32 bytes. */
const stored = '$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$90pulKOabjwcoJyMpfyX10F8WRpYWb2HjzD2i9QAPV0';

test('a hash has the form that Kong stores, and a salt of its own', () => {
  assert.match(hashSecret('a'), /^\$pbkdf2-sha512\$i=10000,l=32\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(hashSecret('a'), hashSecret('a'));
});

test('what Kong stored is verified', async () => {
  assert.equal(await isSecretOf('bobs-secret', stored), true);
  assert.equal(await isSecretOf('bobs-secre', stored), false);
  assert.equal(await isSecretOf('', stored), false);
  assert.equal(await isSecretOf('ä', hashSecret('ä')), true);
});

test('what is no hash of Kong\u2019s belongs to no secret', async () => {
  for (const text of [
    '',
    'bobs-secret',
    '$2b$12$abcdefghijklmnopqrstuv',
    '$argon2id$v=19$m=4096,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$AAAA',
    stored.replace('i=10000', 'i=0'),
    stored.replace('i=10000', 'i=9999999'),
    stored.replace('l=32', 'l=31'),
    stored.replace('sha512', 'md5'),
    stored.slice(0, -1),
    `${stored}=`,
  ]) {
    assert.equal(await isSecretOf('bobs-secret', text), false, text);
  }
});

test('a client has its secret hashed when it says so', async () => {
  const schema = createSchema(oauth2Credentials, {
    now: () => 1_700_000_000_000,
    uuid: () => '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01',
    randomString: () => 'made-up',
    subschema: () => undefined,
  });
  const consumer = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f02' };
  const plain = schema.insert({ name: 'a', consumer, client_secret: 'secret' });
  assert.ok(plain.ok && plain.value['client_secret'] === 'secret');
  const hashed = schema.insert({ name: 'a', consumer, client_secret: 'secret', hash_secret: true });
  assert.ok(hashed.ok && (await isSecretOf('secret', hashed.value['client_secret'] as string)));
  const made = schema.insert({ name: 'a', consumer, hash_secret: true });
  assert.ok(made.ok && (await isSecretOf('made-up', made.value['client_secret'] as string)));
  for (const [uri, problem] of [
    ['a', "cannot parse 'a'"],
    ['/a', "cannot parse '/a'"],
    ['https://a.test/#b', "fragment not allowed in 'https://a.test/#b'"],
  ]) {
    const refused = schema.insert({ name: 'a', consumer, redirect_uris: [uri!] });
    assert.deepEqual(!refused.ok && refused.errors, { redirect_uris: [problem] });
  }
});
