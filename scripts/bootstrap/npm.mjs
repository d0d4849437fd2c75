import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * Finds npm's own script, so that it can be run under a chosen Node: the npm that started us, else the one on the PATH,
 * else the one beside `execPath`. Returns undefined when there is none.
 */
export function findNpm(env, execPath) {
  const fromNpm = env.npm_execpath;
  if (fromNpm !== undefined && /npm-cli\.[cm]?js$/.test(fromNpm) && existsSync(fromNpm)) return fromNpm;
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), dirname(execPath)];
  for (const folder of folders) {
    for (const candidate of npmScripts(folder)) if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

function npmScripts(folder) {
  const scripts = [
    join(folder, 'node_modules/npm/bin/npm-cli.js'),
    join(folder, '../lib/node_modules/npm/bin/npm-cli.js'),
  ];
  const shim = join(folder, 'npm');
  if (existsSync(shim)) {
    const real = realpathSync(shim);
    if (real.endsWith('.js')) scripts.unshift(real);
  }
  return scripts;
}

/** Runs npm under `node` in `cwd`; its output goes to our error stream. Throws when it fails. */
export function runNpm({ node, npm, cwd, args }) {
  if (npm === undefined) throw new Error('npm is not installed: install Node.js together with npm');
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // Settings of the npm that runs us are not meant for this one: it may work in another folder.
  for (const name of Object.keys(env))
    if (/^npm_(?:config_local_prefix|lifecycle|package)/.test(name)) delete env[name];
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const result = spawnSync(node, [npm, ...args, ...quiet], { cwd, env, stdio: ['ignore', 2, 2] });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd} (exit code ${result.status})`);
}
