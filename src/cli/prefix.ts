import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatEnvFile, type Settings } from '../settings/index.ts';

/** Files that the command line keeps in a prefix directory. */
export function prefixPaths(prefix: string): {
  readonly pid: string;
  readonly env: string;
  readonly output: string;
} {
  return {
    pid: join(prefix, 'pids', 'gibbon.pid'),
    env: join(prefix, '.kong_env'),
    output: join(prefix, 'logs', 'error.log'),
  };
}

/** Makes the prefix directory with its folders, and writes the settings into it for the other commands to read. */
export function preparePrefix(settings: Settings): void {
  for (const folder of ['', 'pids', 'logs', 'ssl']) mkdirSync(join(settings.prefix, folder), { recursive: true });
  writeEnvFile(settings);
}

/** Writes `<prefix>/.kong_env`, readable by its owner alone: it holds secrets. */
export function writeEnvFile(settings: Settings): void {
  const { env } = prefixPaths(settings.prefix);
  writeFileSync(env, formatEnvFile(settings), { mode: 0o600 });
  // The mode above counts for a new file only.
  chmodSync(env, 0o600);
}

/** Text of `<prefix>/.kong_env`; undefined when no node was started there. */
export function readEnvFile(prefix: string): string | undefined {
  const { env } = prefixPaths(prefix);
  return existsSync(env) ? readFileSync(env, 'utf8') : undefined;
}

/** Writes down that this process runs the prefix. */
export function writePid(prefix: string, pid: number): void {
  writeFileSync(prefixPaths(prefix).pid, `${pid}\n`);
}

/** Forgets the process of the prefix, if it is still the one called `pid`. */
export function removePid(prefix: string, pid: number): void {
  if (readPid(prefix) === pid) rmSync(prefixPaths(prefix).pid, { force: true });
}

/** Id of the process that runs the prefix; undefined when none does. A file left over by a crash counts for nothing. */
export function runningPid(prefix: string, isGateway: (pid: number) => boolean = isGatewayProcess): number | undefined {
  const pid = readPid(prefix);
  if (pid === undefined || pid === process.pid || !isAlive(pid)) return undefined;
  return isGateway(pid) ? pid : undefined;
}

function readPid(prefix: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(prefixPaths(prefix).pid, 'utf8').trim();
  } catch {
    return undefined;
  }
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** True while a process exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a crash the id may belong to another program by now; where the system tells, ask it. */
function isGatewayProcess(pid: number): boolean {
  try {
    return /gibbon|cli\/main\./.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return true;
  }
}
