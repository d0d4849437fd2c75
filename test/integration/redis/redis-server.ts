import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisConfig } from '../../../src/kits/redis/index.ts';
import { freePort } from '../../support/free-port.ts';

/** A Redis server of a test's own: on a port of loopback, with a folder of its own. */
export interface TestRedis {
  readonly port: number;
  /** How to reach it, as plugins are told. */
  readonly config: RedisConfig;
  /** Kills the process, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port; what it held is gone. */
  revive(): Promise<void>;
  /** Lets it stand still without closing anything, or go on. */
  freeze(isFrozen: boolean): void;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Starts `executable` on a free port, of the kind that `portOption` says, and resolves once it takes connections. */
export async function startRedis(
  executable: string,
  args: readonly string[] = [],
  portOption: '--port' | '--tls-port' = '--port',
): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-redis-'));
  let child: ChildProcess | undefined;
  let port = 0;

  async function start(): Promise<void> {
    const started = spawn(
      executable,
      [
        ...(portOption === '--port' ? [] : ['--port', '0']),
        portOption,
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        folder,
        '--save',
        '',
        '--appendonly',
        'no',
        ...args,
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    child = started;
    let output = '';
    await new Promise<void>((resolve, reject) => {
      started.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('Ready to accept connections')) resolve();
      });
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`Redis ended with code ${code}: ${output}`)));
    });
  }

  async function kill(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  // The port is free for an instant before Redis takes it: should somebody else be quicker, another one is tried.
  for (let attempt = 0; child === undefined; attempt++) {
    port = await freePort();
    try {
      await start();
    } catch (fault) {
      child = undefined;
      if (attempt === 4) throw fault;
    }
  }

  return {
    port,
    config: {
      host: '127.0.0.1',
      port,
      timeout: 1000,
      username: null,
      password: null,
      database: 0,
      ssl: false,
      ssl_verify: false,
      server_name: null,
    },
    kill,
    revive: start,
    freeze: (isFrozen) => {
      child?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT');
    },
    async close() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
