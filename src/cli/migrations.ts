import { createInterface } from 'node:readline/promises';
import { deleteSqliteStore, readSqliteState, type SqliteState } from '../db/index.ts';
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
  /** Creates the store of these settings or brings it up to date, and closes it. */
  readonly prepareStore: (settings: Settings) => Promise<void>;
  /** Asks the operator; undefined when nobody can answer. */
  readonly confirm: (question: string) => Promise<boolean | undefined>;
}

type Work = (context: CliContext, settings: Settings, options: OptionValues) => Promise<number>;

/** Creates the commands that look after the layout of the store. */
export function createMigrationsCommand(doors: MigrationDoors): CommandDefinition {
  const subcommand = (name: string, summary: string, work: Work): CommandDefinition => ({
    name,
    summary,
    options,
    run(context, given) {
      const quiet = given.quiet === true ? { ...context, out: () => {} } : context;
      return work(quiet, loadForCommand(quiet, given), given);
    },
  });
  return {
    name: 'migrations',
    summary: 'Look after the layout of the store.',
    subcommands: [
      subcommand('bootstrap', 'Create the store.', (context, settings, given) =>
        bootstrap(doors, context, settings, given),
      ),
      subcommand('up', 'Run new migrations.', (context, settings) => up(doors, context, settings)),
      subcommand('finish', 'Finish migrations that up has begun.', async (context, settings) => {
        const state = readSqliteState(settings.sqlite_path);
        if (state === undefined) throw new CommandError(`Cannot run migrations: ${needsBootstrap}`);
        context.out(
          state.missing.length === 0
            ? 'No pending migrations to finish'
            : "\nNew migrations available; run 'gibbon migrations up' to proceed",
        );
        return 0;
      }),
      subcommand('list', 'List migrations; the exit code says what is to be done.', async (context, settings) =>
        list(context, readSqliteState(settings.sqlite_path)),
      ),
      subcommand('reset', 'Delete the store with everything in it.', (context, settings, given) =>
        reset(doors, context, settings, given),
      ),
      subcommand('status', 'Print the state of the store as JSON.', async (context, settings) => {
        context.out(JSON.stringify(describe(readSqliteState(settings.sqlite_path))));
        return 0;
      }),
    ],
  };
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

async function bootstrap(
  { prepareStore }: MigrationDoors,
  context: CliContext,
  settings: Settings,
  given: OptionValues,
): Promise<number> {
  if (readSqliteState(settings.sqlite_path) !== undefined) {
    if (given.force !== true) {
      context.out('Database already bootstrapped');
      return 0;
    }
    deleteStore(context, settings);
  }
  context.out('Bootstrapping database...');
  preparePrefix(settings);
  await prepareStore(settings);
  context.out('Database is up-to-date');
  return 0;
}

async function up({ prepareStore }: MigrationDoors, context: CliContext, settings: Settings): Promise<number> {
  const state = readSqliteState(settings.sqlite_path);
  if (state === undefined) throw new CommandError(`Cannot run migrations: ${needsBootstrap}`);
  // Tables of new entities come with opening the store, also when no step is missing.
  await prepareStore(settings);
  context.out(state.missing.length === 0 ? 'Database is already up-to-date' : 'Database is up-to-date');
  return 0;
}

/** Exit codes as Kong's: 0 up to date, 3 needs bootstrap, 5 new migrations. */
function list(context: CliContext, state: SqliteState | undefined): number {
  if (state === undefined) {
    context.out(needsBootstrap);
    return 3;
  }
  if (state.executed.length > 0) context.out(`Executed migrations:\n${format(state.executed)}`);
  if (state.missing.length === 0) return 0;
  context.out(`\nNew migrations available:\n${format(state.missing)}`);
  context.out("\nRun 'gibbon migrations up' to proceed");
  return 5;
}

async function reset(
  { confirm }: MigrationDoors,
  context: CliContext,
  settings: Settings,
  given: OptionValues,
): Promise<number> {
  const isEmpty = readSqliteState(settings.sqlite_path) === undefined;
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
  deleteStore(context, settings);
  return 0;
}

function deleteStore(context: CliContext, settings: Settings): void {
  if (runningPid(settings.prefix) !== undefined) {
    throw new CommandError(`Gibbon is running in prefix: ${settings.prefix}: stop it first`);
  }
  context.out('Resetting database...');
  deleteSqliteStore(settings.sqlite_path);
  context.out('Database successfully reset');
}

function describe(state: SqliteState | undefined): Record<string, unknown> {
  if (state === undefined) return { needs_bootstrap: true };
  const group = (versions: readonly number[]): unknown => [
    { namespace: 'gibbon', subsystem: 'core', migrations: versions.map(nameOf) },
  ];
  return {
    needs_bootstrap: false,
    executed_migrations: group(state.executed),
    ...(state.missing.length === 0 ? {} : { new_migrations: group(state.missing) }),
  };
}

function format(versions: readonly number[]): string {
  return `core: ${versions.map(nameOf).join(', ')}`;
}

function nameOf(version: number): string {
  return String(version).padStart(3, '0');
}
