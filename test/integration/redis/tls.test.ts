import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLogger } from '../../../src/kernel/index.ts';
import { createRedisClient } from '../../../src/kits/redis/index.ts';
import { loadOrCreateDefaultCertificate } from '../../../src/tls/index.ts';
import { requireService } from '../../support/services.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

const executable = requireService('redis');
let redis: TestRedis;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gibbon-redis-tls-'));
  const { cert, key } = await loadOrCreateDefaultCertificate(join(folder, 'made'));
  const certFile = join(folder, 'server.crt');
  const keyFile = join(folder, 'server.key');
  writeFileSync(certFile, cert[0]!);
  writeFileSync(keyFile, key[0]!);
  redis = await startRedis(
    executable,
    [
      '--tls-cert-file',
      certFile,
      '--tls-key-file',
      keyFile,
      '--tls-ca-cert-file',
      certFile,
      '--tls-auth-clients',
      'no',
    ],
    '--tls-port',
  );
});
after(async () => {
  await redis.close();
  rmSync(folder, { recursive: true, force: true });
});

test('with ssl commands go over TLS', async () => {
  const client = createRedisClient({ ...redis.config, ssl: true, server_name: 'redis.test' }, silentLogger);
  assert.equal(await client.call('SET', ['a', '1']), 'OK');
  assert.match(String(await client.call('CLIENT', ['INFO'])), /id=\d+/);
  client.close();
});

test('with ssl_verify a certificate that nobody signed is refused', async () => {
  const client = createRedisClient({ ...redis.config, ssl: true, ssl_verify: true }, silentLogger);
  await assert.rejects(client.call('GET', ['a']), /Cannot reach Redis "127\.0\.0\.1:\d+": .*self-signed certificate/);
  client.close();
});

test('without ssl a TLS port is not understood', async () => {
  const client = createRedisClient({ ...redis.config, timeout: 300 }, silentLogger);
  await assert.rejects(client.call('GET', ['a']), { code: 'ERR_REDIS_AWAY' });
  client.close();
});
