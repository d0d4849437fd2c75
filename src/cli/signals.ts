import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CliContext, CommandError, loadForCommand, type OptionValues, textOption } from './command.ts';
import { isAlive, runningPid } from './prefix.ts';

/**
 * Finds the prefix directory that `--prefix`, or else the configuration, names.
 * @throws {CommandError} when it does not exist.
 */
export function existingPrefix(context: CliContext, options: OptionValues): string {
  const given = textOption(options, 'prefix');
  const prefix = given === undefined ? loadForCommand({ ...context, err: () => {} }, options).prefix : resolve(given);
  if (!existsSync(prefix)) throw new CommandError(`no such prefix: ${prefix}`);
  return prefix;
}

/**
 * Returns the process that runs a prefix.
 * @throws {CommandError} when none does.
 */
export function requirePid(prefix: string): number {
  const pid = runningPid(prefix);
  if (pid === undefined) throw new CommandError(`Gibbon is not running in prefix: ${prefix}`);
  return pid;
}

/**
 * Sends a signal.
 * @throws {CommandError} when the process is gone or belongs to someone else.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    throw new CommandError(`could not send ${signal} to process ${pid}: ${(error as Error).message}`);
  }
}

/** Waits until a process is gone, at most `timeoutMs`; returns whether it is. */
export async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}
