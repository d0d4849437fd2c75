import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Settings } from '../settings/index.ts';
import { type CliContext, CommandError, type OptionValues, textOption } from './command.ts';
import { prefixPaths } from './prefix.ts';

/** Published, the program is JavaScript. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const main = fileURLToPath(new URL(`./main.${extension}`, import.meta.url));

/**
 * Starts a node in a process of its own, away from the terminal, and returns once it answers. What it writes goes to the
 * error log in the prefix.
 * @throws {CommandError} when it ends before, with what it wrote.
 */
export async function startDetached(context: CliContext, settings: Settings, options: OptionValues): Promise<number> {
  const { output } = prefixPaths(settings.prefix);
  const log = openSync(output, 'a');
  const begin = statSync(output).size;
  const args = [main, 'start', '--foreground', '--prefix', settings.prefix];
  const conf = textOption(options, 'conf');
  if (conf !== undefined) args.push('--conf', conf);
  if (options.runMigrations === true) args.push('--run-migrations');
  const child = spawn(process.execPath, args, {
    detached: true,
    env: context.env as NodeJS.ProcessEnv,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  if (!(await hasStarted(child))) {
    const written = readFileSync(output).subarray(begin).toString('utf8').trim();
    throw new CommandError(`Gibbon could not start${written === '' ? '' : `:\n${stripHint(written)}`}`);
  }
  child.disconnect();
  child.unref();
  context.out('Gibbon started');
  return 0;
}

/** The hint for more details is printed once, by this process. */
function stripHint(written: string): string {
  return written.replace(/^Error: /m, '').replace(/\s+Run with --v \(verbose\).*$/, '');
}

function hasStarted(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('message', () => resolve(true));
    child.once('exit', () => resolve(false));
    child.once('error', () => resolve(false));
  });
}
