import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { part, signed, signedWith } from '../../kits/jwt/token.fixtures.ts';
import { createManualClock, createPluginRunner, type FakeHostOptions, runPlugin } from '../../pdk/testing.ts';
import { createSchema, type Row } from '../../schema/index.ts';
import { jwtSecrets } from './entities.ts';
import { jwt } from './index.ts';

const now = 1_700_000_000;
const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  key: 'bob',
  secret: 'open sesame',
  rsa_public_key: null,
  algorithm: 'HS256',
  consumer: { id: bob.id },
};
const entities = { consumers: [bob], jwt_secrets: [credential] };

async function send(token: string, config: Row = {}, options: FakeHostOptions = { entities }) {
  const run = await createPluginRunner([{ plugin: jwt, config }], options).send({
    request: { headers: { authorization: `Bearer ${token}` } },
  });
  return { ...run, said: run.status === 200 ? 200 : (JSON.parse(run.body) as Row) };
}

test('consumer, credential and token are those of the request', async () => {
  const token = signed({ iss: 'bob' }, 'open sesame');
  const run = await send(token);
  assert.deepEqual([run.status, run.consumer, run.credential], [200, bob, credential]);
  assert.deepEqual(run.shared, { authenticated_jwt_token: token });
});

test('answers at once when the rows are cached, later otherwise', async () => {
  const token = signed({ iss: 'bob' }, 'open sesame');
  assert.equal((await send(token, {}, { entities, reads: 'later' })).said, 200);
});

test('a token ends with the second that it names, and begins with it', async () => {
  const clock = createManualClock(now * 1000 + 999);
  const ask = async (claims: Row, name: string) =>
    (await send(signed({ iss: 'bob', ...claims }, 'open sesame'), { claims_to_verify: [name] }, { entities, clock }))
      .said;
  assert.deepEqual(await ask({ exp: now }, 'exp'), { exp: 'token expired' });
  assert.equal(await ask({ exp: now + 1 }, 'exp'), 200);
  assert.equal(await ask({ exp: now + 0.5 }, 'exp'), 200);
  assert.equal(await ask({ nbf: now }, 'nbf'), 200);
  assert.deepEqual(await ask({ nbf: now + 1 }, 'nbf'), { nbf: 'token not valid yet' });
  assert.deepEqual(await ask({ nbf: null }, 'nbf'), { nbf: 'must be a number' });
});

test('a token may be good for the maximum, and not a second more', async () => {
  const clock = createManualClock(now * 1000);
  const config = { claims_to_verify: ['exp'], maximum_expiration: 60 };
  const ask = async (exp: number) =>
    (await send(signed({ iss: 'bob', exp }, 'open sesame'), config, { entities, clock })).said;
  assert.equal(await ask(now + 60), 200);
  assert.deepEqual(await ask(now + 61), { exp: 'exceeds maximum allowed expiration' });
  assert.deepEqual(await ask(now), { exp: 'token expired' });
});

test('a limit without claims to verify holds all the same', async () => {
  const clock = createManualClock(now * 1000);
  const ask = async (claims: Row) =>
    (await send(signed({ iss: 'bob', ...claims }, 'open sesame'), { maximum_expiration: 60 }, { entities, clock }))
      .said;
  assert.equal(await ask({ exp: now - 1 }), 200);
  for (const exp of [now + 61, undefined, '1']) {
    assert.deepEqual(await ask({ exp }), { exp: 'exceeds maximum allowed expiration' });
  }
});

test('a token that was good once is good again until it ends', async () => {
  const clock = createManualClock(now * 1000);
  const runner = createPluginRunner([{ plugin: jwt, config: { claims_to_verify: ['exp'] } }], { entities, clock });
  const request = { headers: { authorization: `Bearer ${signed({ iss: 'bob', exp: now + 10 }, 'open sesame')}` } };
  assert.equal((await runner.send({ request })).status, 200);
  clock.advance(9_999);
  assert.equal((await runner.send({ request })).status, 200);
  clock.advance(1);
  assert.equal((await runner.send({ request })).status, 401);
});

test('a public key is no secret for the symmetric algorithms', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const es256 = { ...credential, algorithm: 'ES256', rsa_public_key: pem };
  const host = { entities: { ...entities, jwt_secrets: [es256] } };
  assert.equal((await send(signedWith({ iss: 'bob' }, 'ES256', privateKey), {}, host)).said, 200);
  assert.deepEqual((await send(signed({ iss: 'bob' }, pem), {}, host)).said, { message: 'Invalid algorithm' });
});

test('a new secret counts at once', async () => {
  const rows: Row[] = [credential];
  const runner = createPluginRunner([{ plugin: jwt }], { entities: { consumers: [bob], jwt_secrets: rows } });
  const send = async (secret: string) => {
    const authorization = `Bearer ${signed({ iss: 'bob' }, secret)}`;
    return (await runner.send({ request: { headers: { authorization } } })).status;
  };
  assert.deepEqual([await send('open sesame'), await send('new')], [200, 401]);
  rows[0] = { ...credential, secret: 'new' };
  assert.deepEqual([await send('open sesame'), await send('new')], [401, 200]);
});

test('a key that is no text is refused', async () => {
  for (const iss of [1, true, null, ['bob'], { bob: 1 }]) {
    assert.deepEqual((await send(signed({ iss }, 'open sesame'))).said, { message: "Invalid 'iss' in claims" });
  }
});

test('inherited things are no claims', async () => {
  const token = signed({}, 'open sesame');
  for (const key_claim_name of ['constructor', 'toString', '__proto__']) {
    assert.deepEqual((await send(token, { key_claim_name })).said, {
      message: `No mandatory '${key_claim_name}' in claims`,
    });
  }
});

test('credentials without an algorithm are taken for HS256, without a secret for nothing', async () => {
  const token = signed({ iss: 'bob' }, 'open sesame');
  const ask = async (changes: Row) =>
    (await send(token, {}, { entities: { ...entities, jwt_secrets: [{ ...credential, ...changes }] } })).said;
  assert.equal(await ask({ algorithm: null }), 200);
  assert.deepEqual(await ask({ secret: null }), { message: 'Invalid key/secret' });
});

test('no token and no secret is ever logged', async () => {
  const runner = createPluginRunner([{ plugin: jwt, config: { claims_to_verify: ['exp'] } }], { entities });
  const good = signed({ iss: 'bob', exp: now + 100 }, 'open sesame');
  for (const token of [good, `${good}x`, 'x', `${part({ alg: 'none' })}.${part({})}.`, signed({ iss: 'ghost' }, 'x')]) {
    await runner.send({ request: { headers: { authorization: `Bearer ${token}` } } });
  }
  assert.deepEqual(runner.host.lines, []);
});

test('giant tokens are refused', async () => {
  for (const token of ['a'.repeat(1e6), `${'a.'.repeat(5e5)}`, `${part({ alg: 'HS256' })}.${'A'.repeat(1e6)}.AQ`]) {
    assert.equal((await send(token)).status, 401);
  }
});

test('a limit needs the end of tokens to be looked at', async () => {
  await assert.rejects(
    runPlugin(jwt, { maximum_expiration: 1, claims_to_verify: ['nbf'] }),
    /claims_to_verify: expected to contain: exp/,
  );
  await assert.rejects(runPlugin(jwt, { maximum_expiration: 31_536_001, claims_to_verify: ['exp'] }), /between/);
});

const schema = createSchema(jwtSecrets, {
  now: () => 1_700_000_000_000,
  uuid: () => credential.id,
  randomString: () => 'random',
  subschema: () => undefined,
});

test('key and secret are made up, the algorithm is HS256', () => {
  const outcome = schema.insert({ consumer: { id: bob.id } });
  assert.deepEqual(outcome.ok && outcome.value, {
    id: credential.id,
    created_at: 1_700_000_000,
    consumer: { id: bob.id },
    key: 'random',
    secret: 'random',
    rsa_public_key: null,
    algorithm: 'HS256',
    tags: null,
  });
});

test('RSA and EdDSA need a public key, ECDSA may come without one', () => {
  for (const algorithm of ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA']) {
    const missing = schema.insert({ consumer: { id: bob.id }, algorithm });
    assert.ok(!missing.ok);
    assert.equal(missing.errors['rsa_public_key'], 'required field missing');
    const wrong = schema.insert({ consumer: { id: bob.id }, algorithm, rsa_public_key: 'x' });
    assert.ok(!wrong.ok);
    assert.equal(wrong.errors['rsa_public_key'], 'invalid key');
  }
  for (const algorithm of ['HS256', 'ES256', 'ES384', 'ES512']) {
    assert.ok(schema.insert({ consumer: { id: bob.id }, algorithm, rsa_public_key: 'x' }).ok);
  }
  assert.ok(!schema.insert({ consumer: { id: bob.id }, algorithm: 'none' }).ok);
});
