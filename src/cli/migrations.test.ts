import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createSqliteMaintenance } from '../db/index.ts';
import { createManualClock } from '../kernel/index.ts';
import { createMigrationsCommand } from './migrations.ts';
import { runProgram } from './program.ts';

let prefix = '';
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'gibbon-migrations-'));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

const hint = '\n  Run with --v (verbose) or --vv (debug) for more details';

async function run(args: string, answer?: boolean): Promise<[number, ...string[]]> {
  const lines: string[] = [];
  const command = createMigrationsCommand({
    maintainStore: async (settings) => createSqliteMaintenance(settings.sqlite_path, [], createManualClock()),
    confirm: () => Promise.resolve(answer),
  });
  const code = await runProgram({
    commands: [command],
    args: ['migrations', ...args.split(' '), '-p', prefix],
    context: {
      env: {},
      hasColors: false,
      out: (text) => void lines.push(text),
      err: (text) => void lines.push(text),
    },
  });
  return [code, ...lines];
}

describe('migrations', () => {
  it('needs a bootstrap first', async () => {
    const needs = "Database needs bootstrapping: run 'gibbon migrations bootstrap'";
    assert.deepEqual(await run('list'), [3, needs]);
    assert.deepEqual(await run('status'), [0, '{"needs_bootstrap":true}']);
    assert.deepEqual(await run('up'), [1, `Error: Cannot run migrations: ${needs}`, hint]);
    assert.deepEqual(await run('finish'), [1, `Error: Cannot run migrations: ${needs}`, hint]);
    assert.deepEqual(await run('reset'), [0, 'Database not bootstrapped, nothing to reset']);
  });

  it('creates the store once', async () => {
    assert.deepEqual(await run('bootstrap'), [0, 'Bootstrapping database...', 'Database is up-to-date']);
    assert.deepEqual(await run('bootstrap'), [0, 'Database already bootstrapped']);
    assert.deepEqual(await run('list'), [0, 'Executed migrations:\ncore: 001']);
    assert.deepEqual(await run('up'), [0, 'Database is already up-to-date']);
    assert.deepEqual(await run('finish'), [0, 'No pending migrations to finish']);
    assert.deepEqual(await run('up -q'), [0]);
    assert.deepEqual(await run('status'), [
      0,
      '{"needs_bootstrap":false,"executed_migrations":[{"namespace":"gibbon","subsystem":"core","migrations":["001"]}]}',
    ]);
  });

  it('deletes the store when that is meant', async () => {
    await run('bootstrap');
    const refusal = "Error: not a tty: invoke 'reset' non-interactively with the --yes flag";
    assert.deepEqual(await run('reset'), [1, refusal, hint]);
    assert.deepEqual(await run('reset', false), [1, 'cancelled']);
    assert.equal(existsSync(join(prefix, 'gibbon.db')), true);
    assert.deepEqual(await run('reset', true), [0, 'Resetting database...', 'Database successfully reset']);
    assert.equal(existsSync(join(prefix, 'gibbon.db')), false);

    await run('bootstrap');
    assert.deepEqual(await run('bootstrap -f'), [
      0,
      'Resetting database...',
      'Database successfully reset',
      'Bootstrapping database...',
      'Database is up-to-date',
    ]);
    assert.deepEqual(await run('reset -y'), [0, 'Resetting database...', 'Database successfully reset']);
  });
});
