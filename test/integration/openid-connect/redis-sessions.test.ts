import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { silentLogger } from '../../../src/kernel/index.ts';
import { createRedisClient, type RedisClient } from '../../../src/kits/redis/index.ts';
import { clients, createProviderKey, type OpenidProvider, startOpenidProvider } from '../../support/openid-provider.ts';
import { requireService } from '../../support/services.ts';
import { createUserAgent, type UserAgent } from '../../support/user-agent.ts';
import { startRedis, type TestRedis } from '../redis/redis-server.ts';
import { type Stage, signIn, startStage } from './stage.ts';

const executable = requireService('redis');
let redis: TestRedis;
let client: RedisClient;
let stage: Stage;
let provider: OpenidProvider;
before(async () => {
  process.env['OPENID_TEST_SECRET'] = clients.gateway;
  redis = await startRedis(executable);
  client = createRedisClient(redis.config, silentLogger);
  stage = await startStage();
  provider = await startOpenidProvider({ keys: [createProviderKey('one')], redirectUris: [`${stage.url}/cb`] });
  await stage.protect('/', {
    issuer: provider.issuer,
    client_id: ['gateway'],
    client_secret: ['{vault://env/openid-test-secret}'],
    redirect_uri: [`${stage.url}/cb`],
    logout_path: '/logout',
    session_storage: 'redis',
    redis: { host: '127.0.0.1', port: redis.config.port, timeout: 500 },
  });
});
after(async () => {
  delete process.env['OPENID_TEST_SECRET'];
  await stage.close();
  await provider.close();
  client.close();
  await redis.close();
});

const keys = async (): Promise<readonly string[]> =>
  (await client.call('KEYS', ['openid-connect:session:*'])) as readonly string[];
const statusOf = async (agent: UserAgent): Promise<number> => (await agent.send(`${stage.url}/a`)).status;

async function signedIn(): Promise<UserAgent> {
  const agent = createUserAgent();
  const page = await signIn(agent, await agent.visit(`${stage.url}/a`), 'ann');
  assert.equal(page.status, 200);
  return agent;
}

test('a session in Redis is a short cookie for all workers, and nothing of it can be read there', async () => {
  const agent = await signedIn();
  const { value } = agent.jar.find(({ name }) => name === 'session')!;
  assert.equal(value.length, 110);
  for (let at = 0; at < 6; at++) assert.equal(await statusOf(agent), 200);
  const [key] = await keys();
  const stored = String(await client.call('GET', [key!]));
  assert.ok(!stored.includes('eyJ') && !stored.includes('ann'));
  assert.ok(Number(await client.call('TTL', [key!])) > 3000);
});

test('a session that is signed out, or deleted, is none for a copy of its cookie either', async () => {
  for (const end of [
    (agent: UserAgent) => agent.send(`${stage.url}/logout`, { method: 'POST' }),
    async () => await client.call('FLUSHALL', []),
  ]) {
    await client.call('FLUSHALL', []);
    const agent = await signedIn();
    const copy = createUserAgent();
    copy.steal(agent);
    await end(agent);
    assert.deepEqual([await statusOf(copy), await keys()], [302, []]);
  }
});

test('while Redis is away sessions are not known, and nobody is signed out', async () => {
  const agent = await signedIn();
  redis.freeze(true);
  try {
    assert.equal(await statusOf(agent), 503);
  } finally {
    redis.freeze(false);
  }
  let status = 0;
  for (let at = 0; at < 500 && status !== 200; at++) status = await statusOf(agent);
  assert.equal(status, 200);
});
