import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { signed, signedWith } from '../../kits/jwt/token.fixtures.ts';
import { createManualClock, createPluginRunner } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { defineJwt } from './define.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  key: 'bob',
  secret: 'open sesame',
  rsa_public_key: null,
  algorithm: 'HS256',
  consumer: { id: bob.id },
};
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

function createStage(config: Row = {}) {
  const server = { keys: [pair.publicKey], isAway: false, asked: 0, closed: 0 };
  const clock = createManualClock();
  const plugin = defineJwt(() => ({
    async ask() {
      server.asked++;
      if (server.isAway) throw new Error('it is away');
      const keys = server.keys.map((key) => key.export({ format: 'jwk' }));
      return { status: 200, mediaType: 'application/json', body: JSON.stringify({ keys }) };
    },
    close() {
      server.closed++;
    },
  }));
  const entities = { consumers: [bob], jwt_secrets: [credential] };
  const given = { jwks_uri: 'https://id.test/keys', key_claim_name: 'sub', ...config };
  const runner = createPluginRunner([{ plugin, config: given }], { entities, clock });
  return {
    server,
    clock,
    plugin,
    runner,
    async send(token: string) {
      const run = await runner.send({ request: { headers: { authorization: `Bearer ${token}` } } });
      return run.status === 200 ? run.consumer?.['username'] : [run.status, JSON.parse(run.body).message];
    },
  };
}

test('keys of a JWKS sign, and a credential says whose the token is', async () => {
  const { server, send } = createStage();
  assert.equal(await send(signedWith({ sub: 'bob' }, 'ES256', pair.privateKey)), 'bob');
  assert.equal(await send(signedWith({ sub: 'bob', jti: '2' }, 'ES256', pair.privateKey)), 'bob');
  assert.equal(server.asked, 1);
});

test('neither a secret nor a public key signs beside them', async () => {
  const { send } = createStage();
  for (const secret of ['open sesame', pem, '']) {
    assert.deepEqual(await send(signed({ sub: 'bob' }, secret)), [401, 'Invalid algorithm']);
  }
});

test('what is wrong is said as ever', async () => {
  const { send } = createStage({ claims_to_verify: ['exp'] });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sign = (claims: Row, key = pair.privateKey) => signedWith(claims, 'ES256', key);
  assert.deepEqual(await send(sign({ sub: 'bob' }, other.privateKey)), [401, 'Invalid signature']);
  assert.deepEqual(await send(sign({ sub: 'eve' })), [401, "No credentials found for given 'sub'"]);
  assert.deepEqual(await send(sign({ iss: 'bob' })), [401, "No mandatory 'sub' in claims"]);
  assert.deepEqual(await send(sign({ sub: 'bob', exp: 1 })), [401, undefined]);
});

test('keys serve while their server is away, and without any there is 503', async () => {
  const token = signedWith({ sub: 'bob' }, 'ES256', pair.privateKey);
  const late = createStage();
  late.server.isAway = true;
  assert.deepEqual(await late.send(token), [503, 'Service unavailable']);
  late.server.isAway = false;
  late.clock.advance(30_000);
  assert.equal(await late.send(token), 'bob');
  late.server.isAway = true;
  late.clock.advance(24 * 3_600_000);
  assert.equal(await late.send(token), 'bob');
  late.clock.advance(3_600_000);
  assert.deepEqual(await late.send(token), [503, 'Service unavailable']);
});

test('without jwks_uri nothing is asked, and the last configuration closes the door', () => {
  const { runner, plugin, server } = createStage({ jwks_uri: null });
  assert.equal(server.asked, 0);
  const stored = {
    ...({ anonymous: null, run_on_preflight: true, realm: null } as Row),
    jwks_uri: 'https://id.test/keys',
  };
  const instance = { id: '1', instanceName: null, routeId: null, serviceId: null, consumerId: null };
  const instantiate = plugin.setup(runner.host);
  const [one, two] = [instantiate(stored as never, instance), instantiate(stored as never, instance)];
  one.dispose?.();
  assert.equal(server.closed, 0);
  two.dispose?.();
  assert.equal(server.closed, 1);
});
