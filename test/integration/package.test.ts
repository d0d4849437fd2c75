import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Manifest, publishedManifest } from '../../scripts/pack/manifest.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');
let folder = '';
let running: ChildProcess | undefined;

/** A project in which the package is installed as npm would lay it out. */
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gibbon-package-'));
  const target = join(folder, 'node_modules/gibbon-gateway');
  mkdirSync(target, { recursive: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(target, 'dist')]);
  const manifest = publishedManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest);
  writeFileSync(join(target, 'package.json'), JSON.stringify(manifest));
  for (const path of ['scripts/gibbon.mjs', 'scripts/bootstrap']) {
    cpSync(join(root, path), join(target, path), { recursive: true });
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(target, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
after(async () => {
  if (running !== undefined && running.exitCode === null) {
    running.kill('SIGKILL');
    await once(running, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('the published package', () => {
  it('brings the command line, with workers, detached nodes and plugins of others', async () => {
    const bin = join(folder, 'node_modules/gibbon-gateway/scripts/gibbon.mjs');
    mkdirSync(join(folder, 'plugins'));
    writeFileSync(
      join(folder, 'plugins/greeting.ts'),
      "import { definePlugin } from 'gibbon-gateway/pdk';\n" +
        "export const plugin = definePlugin({ name: 'greeting', version: '1.0.0', priority: 1, config: {},\n" +
        '  setup: () => () => ({}) });\n',
    );
    const env = {
      PATH: process.env.PATH,
      KONG_PREFIX: join(folder, 'prefix'),
      KONG_PROXY_LISTEN: '127.0.0.1:0',
      KONG_ADMIN_LISTEN: '127.0.0.1:0',
      KONG_STATUS_LISTEN: 'off',
      KONG_NGINX_WORKER_PROCESSES: '1',
      KONG_PLUGINS: 'bundled,greeting',
      KONG_PLUGIN_PATH: join(folder, 'plugins'),
    };
    const gibbon = async (...args: string[]): Promise<string> =>
      (await run(process.execPath, [bin, ...args], { cwd: folder, env })).stdout;
    assert.match(await gibbon('version'), /^\d+\.\d+\.\d+\n$/);
    assert.equal(await gibbon('start', '--detach'), 'Gibbon started\n');
    assert.equal(await gibbon('stop'), 'Gibbon stopped\n');

    running = spawn(process.execPath, [bin, 'start'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [{ addresses }] = (await once(running, 'message')) as [{ addresses: { [name: string]: { port: number }[] } }];
    const answer = await fetch(`http://127.0.0.1:${addresses['proxy']?.[0]?.port}/echo`);
    assert.equal(answer.status, 200);
    const schema = await fetch(`http://127.0.0.1:${addresses['admin']?.[0]?.port}/schemas/plugins/greeting`);
    assert.equal(schema.status, 200);
    running.kill('SIGTERM');
    await once(running, 'exit');
  });

  it('is imported by programs and by tests of plugins', async () => {
    cpSync(join(root, 'examples/embed-in-node/main.ts'), join(folder, 'main.ts'));
    const { stdout } = await run(process.execPath, ['main.ts'], { cwd: folder });
    assert.equal(stdout, '200 hello from /world\nwithout headers of the gateway\n');
    cpSync(join(root, 'examples/custom-plugin'), join(folder, 'custom-plugin'), { recursive: true });
    const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
    await run(process.execPath, ['--test', 'custom-plugin/'], { cwd: folder, env });
  });

  it('has types that need none but its own', async () => {
    writeFileSync(
      join(folder, 'use.ts'),
      "import { createGateway, type Gateway } from 'gibbon-gateway';\n" +
        "import { definePlugin, f } from 'gibbon-gateway/pdk';\n" +
        "export const gateway: Promise<Gateway> = createGateway({ settings: { proxy_listen: 'off', log_level: 'info' } });\n" +
        "export const plugin = definePlugin({ name: 'a', version: '1', priority: 1, config: { n: f.integer() },\n" +
        '  setup: () => (config) => ({ access(kong) { kong.log.info(String(config.n)); } }) });\n',
    );
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', '', 'use.ts'];
    await assert.doesNotReject(run(process.execPath, [compiler, ...flags], { cwd: folder }), 'use.ts');
  });
});
