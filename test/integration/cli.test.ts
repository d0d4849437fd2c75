import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { curlLines, paste } from '../support/paste.ts';
import { requireService } from '../support/services.ts';

const curl = requireService('curl');

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const hint = '\n  Run with --v (verbose) or --vv (debug) for more details\n';

let prefix = '';
let running: ChildProcess | undefined;
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'gibbon-cli-'));
});
afterEach(async () => {
  if (running !== undefined && running.exitCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  running = undefined;
  await gibbon('stop');
  rmSync(prefix, { recursive: true, force: true });
});

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    KONG_PREFIX: prefix,
    KONG_PROXY_LISTEN: '127.0.0.1:0',
    KONG_ADMIN_LISTEN: '127.0.0.1:0',
    KONG_STATUS_LISTEN: 'off',
    KONG_NGINX_WORKER_PROCESSES: '1',
    ...more,
  };
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command to its end. */
async function gibbon(command: string, more?: Record<string, string>): Promise<Outcome> {
  const options = { env: environment(more) };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...command.split(' ')], options);
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

/** Starts a node in the foreground and returns what it has printed once it answers. */
async function start(more?: Record<string, string>): Promise<{ child: ChildProcess; output: () => string }> {
  let text = '';
  const child = spawn(process.execPath, [main, 'start'], {
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  running = child;
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const isUp = await Promise.race([once(child, 'message').then(() => true), once(child, 'exit').then(() => false)]);
  assert.ok(isUp, text);
  while (!text.includes('/status\n')) await once(child.stdout!, 'data');
  return { child, output: () => text };
}

describe('gibbon start', () => {
  it('shows lines that work when they are pasted', async () => {
    const { child, output } = await start();
    for (const line of curlLines(output())) {
      const { status, output: answer } = await paste(curl, line);
      assert.ok(status === 200 || status === 201, `${line}: ${answer}`);
    }

    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0);
    assert.match(output(), /Gibbon stopped\n$/);
  });

  it('is plain text when it is piped', async () => {
    const { output } = await start();
    assert.equal(output().includes('\u001b'), false);
    assert.match(output(), /^Gibbon \d+\.\d+\.\d+ started\n\n {2}proxy {3}http:\/\/127\.0\.0\.1:\d+\n/);
  });

  it('refuses bad settings, all at once, and a prefix where a node runs', async () => {
    const bad = await gibbon('start', { KONG_LOG_LEVEL: 'loud', KONG_DATABASE: 'paper' });
    assert.equal(bad.code, 1);
    assert.equal(
      bad.err,
      "Error: log_level has an invalid value: 'loud' (debug, info, notice, warn, error, crit, alert, emerg)\n" +
        `database has an invalid value: 'paper' (sqlite, postgres, mysql, off)\n${hint}`,
    );
    await start();
    assert.deepEqual(await gibbon('start'), {
      code: 1,
      out: '',
      err: `Error: Gibbon is already running in ${prefix}\n${hint}`,
    });
  });

  it('says why it could not start', async () => {
    const { output } = await start();
    const port = /proxy {3}http:\/\/127\.0\.0\.1:(\d+)/.exec(output())![1]!;
    const other = mkdtempSync(join(tmpdir(), 'gibbon-cli-'));
    try {
      // Without reuseport nobody else may listen there.
      const taken = { KONG_PREFIX: other, KONG_ADMIN_LISTEN: `127.0.0.1:${port}` };
      const { code, err } = await gibbon('start --detach', taken);
      assert.equal(code, 1);
      assert.match(err, /^Error: Gibbon could not start:\n.*EADDRINUSE/);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});

describe('a detached node', () => {
  it('is healthy, reloads, restarts and quits', async () => {
    assert.deepEqual(await gibbon('start --detach'), { code: 0, out: 'Gibbon started\n', err: '' });
    assert.deepEqual(await gibbon('health'), {
      code: 0,
      out: `gibbon......running\n\nGibbon is healthy at ${prefix}\n`,
      err: '',
    });
    assert.deepEqual(await gibbon('reload', { KONG_LOG_LEVEL: 'info' }), {
      code: 0,
      out: 'Gibbon reloaded\n',
      err: '',
    });
    assert.match(readFileSync(join(prefix, '.kong_env'), 'utf8'), /^log_level = info$/m);

    const before = readFileSync(join(prefix, 'pids/gibbon.pid'), 'utf8');
    assert.deepEqual(await gibbon('restart --detach'), { code: 0, out: 'Gibbon started\n', err: '' });
    assert.notEqual(readFileSync(join(prefix, 'pids/gibbon.pid'), 'utf8'), before);
    assert.deepEqual(await gibbon('migrations reset -y'), {
      code: 1,
      out: '',
      err: `Error: Gibbon is running in prefix: ${prefix}: stop it first\n${hint}`,
    });
    assert.deepEqual(await gibbon('quit -t 5'), { code: 0, out: 'Gibbon stopped (gracefully)\n', err: '' });
    assert.equal((await gibbon('health')).code, 1);
  });

  it('stops at once', async () => {
    await gibbon('start', { KONG_NGINX_DAEMON: 'on' });
    assert.deepEqual(await gibbon('stop'), { code: 0, out: 'Gibbon stopped\n', err: '' });
    assert.deepEqual(await gibbon('stop'), {
      code: 1,
      out: '',
      err: `Error: Gibbon is not running in prefix: ${prefix}\n${hint}`,
    });
  });
});

describe('gibbon drain', () => {
  it('takes a running node out of rotation', async () => {
    const port = await freePort();
    const settings = { KONG_STATUS_LISTEN: `127.0.0.1:${port}` };
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/status/ready`)).status;
    await start(settings);
    assert.equal(await ready(), 200);
    const out = "Gibbon's status successfully changed to 'draining'\n";
    assert.deepEqual(await gibbon('drain', settings), { code: 0, out, err: '' });
    assert.equal(await ready(), 503);
  });

  it('says why it could not', async () => {
    const out = 'No status listeners found in configuration.\n';
    assert.deepEqual(await gibbon('drain'), { code: 0, out, err: '' });
    const port = await freePort();
    const { code, err } = await gibbon('drain', { KONG_STATUS_LISTEN: `127.0.0.1:${port}` });
    assert.equal(code, 1);
    assert.match(err, new RegExp(`^Error: Failed to send request to http://127\\.0\\.0\\.1:${port}/status/ready: `));
  });
});

describe('gibbon vault get', () => {
  it('prints a secret of the environment', async () => {
    const secrets = { MY_SECRET: 'x y', MY_JSON: '{"user":"u","depth":{}}' };
    for (const reference of ['env/my-secret', '{vault://env/my-secret}', '{vault://env/secret?prefix=my_}']) {
      assert.deepEqual(await gibbon(`vault get ${reference}`, secrets), { code: 0, out: 'x y\n', err: '' });
    }
    assert.deepEqual(await gibbon('vault get env/my-json/user', secrets), { code: 0, out: 'u\n', err: '' });
  });

  it('knows the vaults of the store', async () => {
    const file = join(prefix, 'kong.yml');
    writeFileSync(file, '_format_version: "3.0"\nvaults: [{prefix: mine, name: env, config: {prefix: app_}}]\n');
    assert.equal((await gibbon(`config db_import ${file}`)).code, 0);
    assert.deepEqual(await gibbon('vault get mine/key', { APP_KEY: 'z' }), { code: 0, out: 'z\n', err: '' });
  });

  it('says why there is none', async () => {
    assert.deepEqual(await gibbon('vault get env/nothing-here'), {
      code: 1,
      out: '',
      err: `Error: Cannot read "{vault://env/nothing-here}": could not find a value\n${hint}`,
    });
    assert.match((await gibbon('vault get other/x')).err, /vault not found \(other\)/);
    assert.match((await gibbon('vault get')).err, /the 'get' command needs a <reference> argument/);
  });
});

describe('gibbon migrations', () => {
  it('takes the command of Kong 2.x that counts entities anew', async () => {
    const { code, out } = await gibbon('migrations reinitialize-workspace-entity-counters');
    assert.deepEqual([code, out], [0, 'Gibbon counts no entities: there is nothing to be done\n']);
  });
});
