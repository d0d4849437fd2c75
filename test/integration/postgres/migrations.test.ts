import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createMigrationsCommand } from '../../../src/cli/migrations.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { maintainStore, type RunningGateway, startGateway } from '../../../src/gateway/index.ts';
import { loadSettings } from '../../../src/settings/index.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

requireService('postgres');

describe('gibbon migrations on Postgres', () => {
  let database: TestDatabase;
  let prefix: string;
  beforeEach(async () => {
    prefix = mkdtempSync(join(tmpdir(), 'gibbon-migrations-'));
    database = await createTestDatabase();
  });
  afterEach(async () => {
    rmSync(prefix, { recursive: true });
    await database.drop();
  });

  const settings = () => ({
    database: 'postgres',
    pg_host: database.server.host,
    pg_port: String(database.server.port),
    pg_user: database.server.user,
    pg_password: database.server.password!,
    pg_database: database.server.database,
  });

  /** Starts a node with a prefix below the test's own. */
  function start(name: string, runMigrations = false): Promise<RunningGateway> {
    const flags = {
      ...settings(),
      prefix: join(prefix, name),
      proxy_listen: '127.0.0.1:0',
      admin_listen: '127.0.0.1:0',
      status_listen: 'off',
      admin_gui_listen: 'off',
      nginx_worker_processes: '1',
    };
    const result = loadSettings({ env: {}, flags, searchPaths: [] });
    assert.ok(result.ok);
    return startGateway(result.settings, { runMigrations });
  }

  async function run(args: string): Promise<[number, string]> {
    const lines: string[] = [];
    const env = Object.fromEntries(
      Object.entries(settings()).map(([name, text]) => [`KONG_${name.toUpperCase()}`, text]),
    );
    const code = await runProgram({
      commands: [createMigrationsCommand({ maintainStore, confirm: () => Promise.resolve(undefined) })],
      args: ['migrations', ...args.split(' '), '-p', prefix],
      context: {
        env,
        hasColors: false,
        out: (text) => void lines.push(text),
        err: (text) => void lines.push(text),
      },
    });
    return [code, lines.join('\n')];
  }

  it('create, list, finish and reset the tables', async () => {
    assert.deepEqual(await run('list'), [3, "Database needs bootstrapping: run 'gibbon migrations bootstrap'"]);
    await assert.rejects(start('early'), { code: 'ERR_STORE_BOOTSTRAP' });
    assert.deepEqual(await run('bootstrap'), [0, 'Bootstrapping database...\nDatabase is up-to-date']);
    assert.deepEqual(await run('bootstrap'), [0, 'Database already bootstrapped']);
    assert.deepEqual(await run('up'), [0, 'Database is already up-to-date']);
    assert.deepEqual(await run('finish'), [0, 'No pending migrations to finish']);
    const [code, listed] = await run('list');
    assert.equal(code, 0);
    assert.match(listed, /^Executed migrations:\n +acl: 000_base_acl, /);
    assert.match(listed, /\n +core: 000_base, .*, 024_380_to_390\n/);
    const status = JSON.parse((await run('status'))[1]) as { executed_migrations: { subsystem: string }[] };
    assert.equal(status.executed_migrations.length, 19);
    const gateway = await startTestGateway(settings());
    await gateway.admin('POST', '/consumers', { username: 'u' });
    await gateway.stop();

    await database.sql(
      "UPDATE schema_meta SET pending = '{024_380_to_390}', executed = executed[1:22] WHERE subsystem = 'core' AND key = 'schema_meta'",
    );
    assert.equal((await run('list'))[0], 4);
    assert.match((await run('finish'))[1], /run 'kong migrations finish' with that Kong\ncore: 024_380_to_390/);
    assert.match((await run('up'))[1], /^Error: Database has pending migrations \(core 024_380_to_390\)/);
    assert.deepEqual(await run('reset'), [
      1,
      "Error: not a tty: invoke 'reset' non-interactively with the --yes flag\n\n  Run with --v (verbose) or --vv (debug) for more details",
    ]);
    assert.deepEqual(await run('reset -y'), [0, 'Resetting database...\nDatabase successfully reset']);
    assert.deepEqual(await database.sql("SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"), [['0']]);
    assert.deepEqual(
      await database.sql("SELECT count(*)::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"),
      [['0']],
    );
  });

  it('run with the start of a node that is told so, and of two at once', async () => {
    const nodes = await Promise.all([start('one', true), start('two', true)]);
    assert.equal((await run('list'))[0], 0);
    for (const node of nodes) await node.stop({ graceful: false, timeoutMs: 0 });
  });

  it('bring what is missing, which list shows with exit code 5', async () => {
    await run('bootstrap');
    await database.sql('DROP TABLE keyauth_credentials');
    const [code, listed] = await run('list');
    assert.equal(code, 5);
    assert.match(
      listed,
      /New migrations available:\nentities: keyauth_credentials\n\nRun 'gibbon migrations up' to proceed$/,
    );
    assert.deepEqual(await run('up'), [0, 'Database is up-to-date']);
    assert.equal((await run('list'))[0], 0);
  });

  it('say that a server cannot be reached', async () => {
    await database.drop();
    const [code, text] = await run('status');
    assert.equal(code, 1);
    assert.match(text, /^Error: Cannot open the store "127\.0\.0\.1:\d+\/gibbon_\w+": database .* does not exist/);
  });
});
