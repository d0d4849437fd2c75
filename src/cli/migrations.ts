import { createInterface } from 'node:readline/promises';
import type { MigrationGroup, StoreMaintenance, StoreState } from '../db/index.ts';
import type { Settings } from '../settings/index.ts';
import {
  type CliContext,
  type CommandDefinition,
  CommandError,
  confOption,
  loadForCommand,
  type OptionDefinition,
  type OptionValues,
  prefixOption,
  secondsOption,
} from './command.ts';
import { preparePrefix, runningPid } from './prefix.ts';

const options: readonly OptionDefinition[] = [
  confOption,
  prefixOption,
  { flags: '-y, --yes', description: 'answer every question with yes' },
  { flags: '-q, --quiet', description: 'say nothing' },
  { flags: '-f, --force', description: 'run what was run already' },
  { flags: '--db-timeout <seconds>', description: 'time limit of every operation on the store' },
  { flags: '--lock-timeout <seconds>', description: 'wait this long for another node that migrates', default: '60' },
];

const needsBootstrap = "Database needs bootstrapping: run 'gibbon migrations bootstrap'";

/** What {@link createMigrationsCommand} is given. */
export interface MigrationDoors {
  /** What can be done with the store of these settings as a whole. */
  readonly maintainStore: (
    settings: Settings,
    options: { readonly lockTimeoutMs: number },
  ) => Promise<StoreMaintenance>;
  /** Asks the operator; undefined when nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
}

/** One call of a subcommand. */
interface Call {
  readonly context: CliContext;
  readonly settings: Settings;
  readonly given: OptionValues;
  readonly store: StoreMaintenance;
  readonly confirm: MigrationDoors['confirm'];
}

/** Creates the commands that look after the layout of the store. */
export function createMigrationsCommand(doors: MigrationDoors): CommandDefinition {
  const subcommand = (name: string, summary: string, work: (call: Call) => Promise<number>): CommandDefinition => ({
    name,
    summary,
    options,
    async run(context, given) {
      const quiet = given.quiet === true ? { ...context, out: () => {} } : context;
      const settings = withTimeout(loadForCommand(quiet, given), given);
      const store = await doors.maintainStore(settings, { lockTimeoutMs: secondsOption(given, 'lockTimeout') * 1000 });
      return work({ context: quiet, settings, given, store, confirm: doors.confirm });
    },
  });
  return {
    name: 'migrations',
    summary: 'Look after the layout of the store.',
    subcommands: [
      subcommand('bootstrap', 'Create the store.', bootstrap),
      subcommand('up', 'Run new migrations.', up),
      subcommand('finish', 'Finish migrations that up has begun.', finish),
      subcommand('list', 'List migrations; the exit code says what is to be done.', list),
      subcommand('reset', 'Delete the store with everything in it.', reset),
      subcommand('reinitialize-workspace-entity-counters', 'Count entities anew (Kong 2.x).', async ({ context }) => {
        context.out('Gibbon counts no entities: there is nothing to be done');
        return 0;
      }),
      subcommand('status', 'Print the state of the store as JSON.', async ({ context, store }) => {
        context.out(JSON.stringify(describe(await store.state())));
        return 0;
      }),
    ],
  };
}

/** `--db-timeout` takes the place of the time limit of whichever store is set. */
function withTimeout(settings: Settings, given: OptionValues): Settings {
  if (given.dbTimeout === undefined) return settings;
  const timeout = secondsOption(given, 'dbTimeout') * 1000;
  return { ...settings, pg_timeout: timeout, mysql_timeout: timeout };
}

/**
 * Asks a question on the terminal, three times at most.
 * Returns undefined when there is no terminal.
 */
export async function confirmOnTerminal(question: string): Promise<boolean | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = (await terminal.question(`> ${question} [y/n] `)).trim().toLowerCase();
      if (answer === 'y' || answer === 'yes') return true;
      if (answer === 'n' || answer === 'no') return false;
    }
    return false;
  } finally {
    terminal.close();
  }
}

async function bootstrap({ context, settings, given, store }: Call): Promise<number> {
  if ((await store.state()) !== undefined) {
    if (given.force !== true) {
      context.out('Database already bootstrapped');
      return 0;
    }
    await deleteStore(context, settings, store);
  }
  context.out('Bootstrapping database...');
  preparePrefix(settings);
  await store.migrate();
  context.out('Database is up-to-date');
  return 0;
}

async function up({ context, store }: Call): Promise<number> {
  const state = await bootstrapped(store);
  await store.migrate();
  context.out(state.missing.length === 0 ? 'Database is already up-to-date' : 'Database is up-to-date');
  return 0;
}

/** Migrations of ours that were cut off half-way are run again; those that Kong began are for Kong to finish. */
async function finish({ context, store }: Call): Promise<number> {
  const state = await bootstrapped(store);
  if (state.pending.some(({ namespace }) => namespace !== 'gibbon')) {
    throw new CommandError(
      `Cannot finish migrations that Kong began: run 'kong migrations finish' with that Kong\n${format(state.pending)}`,
    );
  }
  if (state.pending.length > 0) {
    await store.migrate();
    context.out('Database is up-to-date');
    return 0;
  }
  context.out(
    state.missing.length === 0
      ? 'No pending migrations to finish'
      : "\nNew migrations available; run 'gibbon migrations up' to proceed",
  );
  return 0;
}

async function bootstrapped(store: StoreMaintenance): Promise<StoreState> {
  const state = await store.state();
  if (state === undefined) throw new CommandError(`Cannot run migrations: ${needsBootstrap}`);
  return state;
}

/** Exit codes as Kong's: 0 up to date, 3 needs bootstrap, 4 pending migrations, 5 new migrations. */
async function list({ context, store }: Call): Promise<number> {
  const state = await store.state();
  if (state === undefined) {
    context.out(needsBootstrap);
    return 3;
  }
  if (state.executed.length > 0) context.out(`Executed migrations:\n${format(state.executed)}`);
  if (state.pending.length > 0) context.out(`\nPending migrations:\n${format(state.pending)}`);
  if (state.missing.length > 0) context.out(`\nNew migrations available:\n${format(state.missing)}`);
  if (state.pending.length > 0) {
    const isOurs = state.pending.every(({ namespace }) => namespace === 'gibbon');
    context.out(
      `\nRun ${isOurs ? "'gibbon migrations finish'" : "'kong migrations finish' with the Kong that began them"}`,
    );
    return 4;
  }
  if (state.missing.length === 0) return 0;
  context.out("\nRun 'gibbon migrations up' to proceed");
  return 5;
}

async function reset({ context, settings, given, store, confirm }: Call): Promise<number> {
  const isEmpty = (await store.state()) === undefined;
  if (given.yes !== true && !isEmpty) {
    const answer = await confirm('Are you sure? This operation is irreversible.');
    if (answer === undefined) {
      throw new CommandError("not a tty: invoke 'reset' non-interactively with the --yes flag");
    }
    if (!answer) {
      context.out('cancelled');
      return 1;
    }
  }
  if (isEmpty) {
    context.out('Database not bootstrapped, nothing to reset');
    return 0;
  }
  await deleteStore(context, settings, store);
  return 0;
}

async function deleteStore(context: CliContext, settings: Settings, store: StoreMaintenance): Promise<void> {
  if (runningPid(settings.prefix) !== undefined) {
    throw new CommandError(`Gibbon is running in prefix: ${settings.prefix}: stop it first`);
  }
  context.out('Resetting database...');
  await store.reset();
  context.out('Database successfully reset');
}

function describe(state: StoreState | undefined): Record<string, unknown> {
  if (state === undefined) return { needs_bootstrap: true };
  const shown = (groups: readonly MigrationGroup[]): unknown =>
    groups.map(({ namespace, subsystem, names }) => ({ namespace, subsystem, migrations: names }));
  return {
    needs_bootstrap: false,
    executed_migrations: shown(state.executed),
    ...(state.pending.length === 0 ? {} : { pending_migrations: shown(state.pending) }),
    ...(state.missing.length === 0 ? {} : { new_migrations: shown(state.missing) }),
  };
}

function format(groups: readonly MigrationGroup[]): string {
  const width = Math.max(...groups.map(({ subsystem }) => subsystem.length));
  return groups.map(({ subsystem, names }) => `${subsystem.padStart(width)}: ${names.join(', ')}`).join('\n');
}
