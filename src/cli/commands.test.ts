import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gibbonVersion, loadSettings } from '../settings/index.ts';
import { checkCommand } from './check.ts';
import type { CommandDefinition } from './command.ts';
import { healthCommand } from './health.ts';
import { preparePrefix, removePid, runningPid, writePid } from './prefix.ts';
import { prepareCommand } from './prepare.ts';
import { runProgram } from './program.ts';
import { quitCommand } from './quit.ts';
import { reloadCommand } from './reload.ts';
import { stopCommand } from './stop.ts';
import { versionCommand } from './version.ts';

let folder = '';
let prefix = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gibbon-cli-'));
  prefix = join(folder, 'prefix');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hint = '\n  Run with --v (verbose) or --vv (debug) for more details';
const commands: readonly CommandDefinition[] = [
  checkCommand,
  healthCommand,
  prepareCommand,
  quitCommand,
  reloadCommand,
  stopCommand,
  versionCommand,
];

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<[number, string[], string[]]> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runProgram({
    commands,
    args,
    context: {
      env,
      hasColors: false,
      out: (text) => void out.push(text),
      err: (text) => void err.push(text.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, '')),
    },
  });
  return [code, out, err];
}

function prepare(): void {
  const result = loadSettings({ env: {}, flags: { prefix }, searchPaths: [] });
  assert.ok(result.ok);
  preparePrefix(result.settings);
}

describe('version', () => {
  it('prints the version, and those below it', async () => {
    assert.deepEqual(await run(['version']), [0, [gibbonVersion], []]);
    const [code, out] = await run(['version', '-a']);
    assert.equal(code, 0);
    assert.deepEqual(out.slice(0, 3), [`Gibbon: ${gibbonVersion}`, 'Kong API: 3.9.3', `Node.js: ${process.version}`]);
  });
});

describe('check', () => {
  it('says that a file is valid', async () => {
    const file = join(folder, 'kong.conf');
    writeFileSync(file, 'log_level = debug\n');
    assert.deepEqual(await run(['check', file]), [0, [`configuration at ${file} is valid`], []]);
  });

  it('lists every mistake', async () => {
    const file = join(folder, 'kong.conf');
    writeFileSync(file, 'log_level = loud\nnode_id = 1\npg_port = x\n');
    assert.deepEqual(await run(['check', file]), [
      1,
      [],
      [
        "[error] log_level has an invalid value: 'loud' (debug, info, notice, warn, error, crit, alert, emerg)",
        "[error] pg_port is not a number: 'x'",
      ],
    ]);
    assert.deepEqual(await run(['check', join(folder, 'none')]), [1, [], [`[error] no file at: ${folder}/none`]]);
  });
});

describe('prepare', () => {
  it('makes the prefix, with settings that only their owner reads', async () => {
    assert.deepEqual(await run(['prepare', '-p', prefix], { KONG_LOG_LEVEL: 'debug' }), [0, [], []]);
    for (const name of ['pids', 'logs', 'ssl']) assert.equal(existsSync(join(prefix, name)), true);
    assert.equal(statSync(join(prefix, '.kong_env')).mode & 0o777, 0o600);
    assert.match(readFileSync(join(prefix, '.kong_env'), 'utf8'), /^log_level = debug$/m);
  });
});

describe('stop, quit, reload, health', () => {
  for (const command of ['stop', 'quit', 'reload', 'health']) {
    it(`${command} misses a prefix that is not there`, async () => {
      assert.deepEqual(await run([command, '-p', prefix]), [1, [], [`Error: no such prefix: ${prefix}`, hint]]);
    });
  }

  for (const command of ['stop', 'quit', 'reload']) {
    it(`${command} misses a node that does not run`, async () => {
      prepare();
      assert.deepEqual(await run([command], { KONG_PREFIX: prefix }), [
        1,
        [],
        [`Error: Gibbon is not running in prefix: ${prefix}`, hint],
      ]);
    });
  }

  it('health says that nothing runs', async () => {
    mkdirSync(prefix);
    const missing = [`Error: Gibbon is not running at ${prefix}`, hint];
    assert.deepEqual(await run(['health', '-p', prefix]), [1, [], missing]);
    prepare();
    assert.deepEqual(await run(['health', '-p', prefix]), [1, ['gibbon......not running', ''], missing]);
  });
});

describe('pid file', () => {
  it('counts only while its process lives and is a gateway', () => {
    prepare();
    assert.equal(runningPid(prefix), undefined);
    writePid(prefix, process.ppid);
    assert.equal(
      runningPid(prefix, () => true),
      process.ppid,
    );
    assert.equal(
      runningPid(prefix, () => false),
      undefined,
    );
    writePid(prefix, process.pid);
    assert.equal(
      runningPid(prefix, () => true),
      undefined,
    );
    writeFileSync(join(prefix, 'pids/gibbon.pid'), 'nonsense');
    assert.equal(
      runningPid(prefix, () => true),
      undefined,
    );
  });

  it('is removed by the process that wrote it', () => {
    prepare();
    writePid(prefix, 1);
    removePid(prefix, 2);
    assert.equal(existsSync(join(prefix, 'pids/gibbon.pid')), true);
    removePid(prefix, 1);
    assert.equal(existsSync(join(prefix, 'pids/gibbon.pid')), false);
  });
});
