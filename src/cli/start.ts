import { closeSync, openSync } from 'node:fs';
import type { RunningGateway } from '../gateway/index.ts';
import { environmentReferences, gibbonVersion, loadSettings, type Settings } from '../settings/index.ts';
import { formatBanner } from './banner.ts';
import {
  type CliContext,
  type CommandDefinition,
  CommandError,
  confOption,
  loadForCommand,
  logLine,
  type OptionDefinition,
  type OptionValues,
  prefixOption,
} from './command.ts';
import { startDetached } from './detach.ts';
import { preparePrefix, readEnvFile, removePid, runningPid, writePid } from './prefix.ts';
import { superviseGateway } from './supervise.ts';

/** Options of `start`, which `restart` takes too. */
export const startOptions: readonly OptionDefinition[] = [
  confOption,
  prefixOption,
  { flags: '--detach', description: 'leave the terminal once the node answers (as nginx_daemon = on does)' },
  { flags: '--foreground', description: 'stay in the terminal, whatever nginx_daemon says' },
  { flags: '--run-migrations', description: 'bring the store up to date before starting' },
  { flags: '--db-timeout <seconds>', description: 'time limit of every operation on the store' },
  { flags: '--lock-timeout <seconds>', description: 'wait this long for another node that migrates', default: '60' },
  { flags: '--nginx-conf <file>', description: 'template for nginx: taken, and of no effect' },
  { flags: '--nginx-conf-flags <flags>', description: 'flags of that template: taken, and of no effect' },
];

/** Starts a node: in the foreground until it is told to stop, or detached. */
export const startCommand: CommandDefinition = {
  name: 'start',
  aliases: ['docker-start'],
  summary: 'Start Gibbon in the prefix directory.',
  options: startOptions,
  run: runStart,
};

/** Starts a node as the options and settings say, and returns the exit code. */
export async function runStart(context: CliContext, options: OptionValues): Promise<number> {
  const settings = loadForCommand(context, options);
  if (runningPid(settings.prefix) !== undefined) {
    throw new CommandError(`Gibbon is already running in ${settings.prefix}`);
  }
  for (const name of ['nginxConf', 'nginxConfFlags'] as const) {
    if (options[name] !== undefined) context.err(logLine('warn', 'templates for nginx have no effect'));
  }
  preparePrefix(settings);
  const isDetached = options.foreground !== true && (options.detach === true || settings.nginx_daemon);
  return isDetached ? startDetached(context, settings, options) : startForeground(context, settings, options);
}

async function startForeground(context: CliContext, settings: Settings, options: OptionValues): Promise<number> {
  // The gateway is most of the program; the other commands do without loading it.
  const { startGateway } = await import('../gateway/index.ts');
  const gateway = await startGateway(settings, { runMigrations: options.runMigrations === true });
  writePid(settings.prefix, process.pid);
  // The workers serve on whatever goes wrong beside them: a fault of the control side is told, and ends nothing.
  for (const name of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(name, (fault: unknown) => {
      context.err(
        logLine('error', `Uncaught fault: ${fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)}`),
      );
    });
  }
  announce(context, settings, gateway);
  const hadTerminal = process.stdin.isTTY || process.stdout.isTTY;
  try {
    await superviseGateway({
      gateway,
      onSignal: (signal, handler) => {
        process.on(signal, handler);
        return () => process.off(signal, handler);
      },
      now: () => performance.now(),
      reload: () => reload(context, settings.prefix, gateway),
      lostTerminal: () => hadTerminal && !hasTerminal(),
      say: context.out,
    });
  } finally {
    removePid(settings.prefix, process.pid);
  }
  context.out('Gibbon stopped');
  return 0;
}

function announce(context: CliContext, settings: Settings, gateway: RunningGateway): void {
  // A detached start, or whoever else forked this process, waits for the word that the node answers.
  if (process.send !== undefined) process.send({ type: 'started', addresses: gateway.addresses });
  const { addresses } = gateway;
  context.out(
    formatBanner({ version: gibbonVersion, addresses, hasDemo: settings.demo, hasColors: context.hasColors }),
  );
}

/** Takes the settings that `gibbon reload` wrote; mistakes leave the node as it was. */
async function reload(context: CliContext, prefix: string, gateway: RunningGateway): Promise<void> {
  const base = readEnvFile(prefix) ?? '';
  const result = loadSettings({
    base,
    searchPaths: [],
    // What is set is in the file already, but for texts of several lines.
    env: Object.fromEntries(
      Object.entries(context.env).filter(([name, value]) => !/^(?:KONG|GIBBON)_/.test(name) || value?.includes('\n')),
    ),
    flags: { prefix },
    dereference: environmentReferences(context.env, /^vault_env_prefix = (.*)$/m.exec(base)?.[1]),
  });
  if (!result.ok) {
    context.err(logLine('error', `cannot reload: ${result.errors.join('; ')}`));
    return;
  }
  try {
    await gateway.reload(result.settings);
    context.err(logLine('verbose', 'settings reloaded'));
  } catch (error) {
    context.err(logLine('error', `cannot reload: ${error instanceof Error ? error.message : String(error)}`));
  }
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
