import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createManualClock } from '../../kernel/index.ts';
import { createPluginRunner, type PluginRun } from '../../pdk/testing.ts';
import { createAnswers } from './answers.ts';
import type { Dial, Directory, DirectoryConnection } from './connection.ts';
import { createLdapAuth } from './index.ts';
import { createDirectoryPool } from './pool.ts';

const config = { ldap_host: 'ldap.test', base_dn: 'dc=test', attribute: 'uid' };
const ldap = (pair: string): { readonly [name: string]: string } => ({
  authorization: `ldap ${Buffer.from(pair).toString('base64')}`,
});

/** A directory of one entry whose connections are noted. */
function createDirectory(): {
  readonly dial: Dial;
  readonly binds: [dn: string, password: string][];
  readonly dialled: Directory[];
  readonly open: Set<DirectoryConnection>;
  isAway: boolean;
} {
  const known = {
    binds: [] as [string, string][],
    dialled: [] as Directory[],
    open: new Set<DirectoryConnection>(),
    isAway: false,
    dial: async (directory: Directory) => {
      if (known.isAway) throw new Error('away');
      known.dialled.push(directory);
      const connection: DirectoryConnection = {
        get isOpen() {
          return known.open.has(connection);
        },
        async bind(dn, password) {
          if (known.isAway) throw new Error('away');
          known.binds.push([dn, password]);
          return dn === 'uid=ann,dc=test' && password === 'secret';
        },
        close: () => known.open.delete(connection),
      };
      known.open.add(connection);
      return { ok: true as const, connection };
    },
  };
  return known;
}

test('what the directory said is asked for again once it is too old', async () => {
  const directory = createDirectory();
  const clock = createManualClock();
  const runner = createPluginRunner([{ plugin: createLdapAuth(directory.dial), config }], { clock });
  const send = (pair: string): Promise<PluginRun> => runner.send({ request: { headers: ldap(pair) } });
  assert.equal((await send('ann:secret')).status, 200);
  assert.equal((await send('ann:wrong')).status, 401);
  clock.advance(59_000);
  assert.equal((await send('ann:secret')).status, 200);
  assert.equal((await send('ann:wrong')).status, 401);
  assert.equal(directory.binds.length, 2);
  clock.advance(2000);
  assert.equal((await send('ann:secret')).status, 200);
  assert.deepEqual(directory.binds.at(-1), ['uid=ann,dc=test', 'secret']);
  assert.equal(directory.binds.length, 3);
});

test('the credential of the request has a name and no password', async () => {
  const runner = createPluginRunner([{ plugin: createLdapAuth(createDirectory().dial), config }]);
  const run = await runner.send({ request: { headers: ldap('ann:secret') } });
  assert.deepEqual([run.status, run.consumer, run.credential], [200, undefined, { id: 'ann', username: 'ann' }]);
  assert.doesNotMatch(JSON.stringify([run.entry, runner.host.lines]), /secret/);
});

test('a fault of the directory is a fault of the gateway, and not remembered', async () => {
  const directory = createDirectory();
  const runner = createPluginRunner([{ plugin: createLdapAuth(directory.dial), config }]);
  directory.isAway = true;
  assert.equal((await runner.send({ request: { headers: ldap('ann:secret') } })).status, 500);
  directory.isAway = false;
  assert.equal((await runner.send({ request: { headers: ldap('ann:secret') } })).status, 200);
});

test('those who ask the same at the same time share one answer', async () => {
  const answers = createAnswers(1000, createManualClock());
  let asked = 0;
  const ask = async (): Promise<boolean> => {
    asked += 1;
    return true;
  };
  assert.deepEqual(await Promise.all([1, 2, 3].map(async () => await answers.find('ann', 'secret', ask))), [
    true,
    true,
    true,
  ]);
  assert.equal(asked, 1);
  assert.equal(answers.find('ann', 'secret', ask), true);
  await answers.find('ann', 'secre', ask);
  await answers.find('anns', 'ecret', ask);
  assert.equal(asked, 3);
});

test('connections are kept for a while, replaced when lost, and closed in the end', async () => {
  const directory = createDirectory();
  const clock = createManualClock();
  const pool = createDirectoryPool({ directory: {} as Directory, dial: directory.dial, clock, keepAlive: 1000 });
  assert.equal(await pool.bind('uid=ann,dc=test', 'secret'), true);
  assert.equal(await pool.bind('uid=ann,dc=test', 'wrong'), false);
  assert.deepEqual([directory.dialled.length, directory.open.size], [1, 1]);
  directory.open.clear();
  assert.equal(await pool.bind('uid=ann,dc=test', 'secret'), true);
  assert.equal(directory.dialled.length, 2);
  clock.advance(1001);
  pool.sweep();
  assert.equal(directory.open.size, 0);
  await pool.bind('uid=ann,dc=test', 'secret');
  pool.close();
  assert.equal(directory.open.size, 0);
  await pool.bind('uid=ann,dc=test', 'secret');
  assert.equal(directory.open.size, 0);
});
