import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../settings/index.ts';
import {
  type CliContext,
  type CommandDefinition,
  CommandError,
  confOption,
  type OptionValues,
  prefixOption,
  textOption,
} from './command.ts';
import { exampleConfig } from './config-example.ts';
import { progressBar } from './config-progress.ts';
import { settingsOfNode } from './node-settings.ts';
import { runningPid } from './prefix.ts';

/** What {@link createConfigCommand} is given. */
export interface ConfigDoors {
  /** Reads a file and judges it, without a store. @throws with every mistake in it */
  readonly parse: (settings: Settings, path: string) => Promise<void>;
  /** Writes a file's rows into the store, all or none. @throws with what keeps it from being done */
  readonly importFile: (settings: Settings, path: string, hooks: ImportHooks) => Promise<number>;
  /** Writes the rows of the store into a new file. */
  readonly exportFile: (settings: Settings, path: string) => Promise<void>;
  /** Shows a line on the terminal in place of the one before; undefined where there is no terminal. */
  readonly showLine: ((text: string) => void) | undefined;
}

/** What an import tells as it goes on. */
export interface ImportHooks {
  readonly onParsed: () => void;
  readonly onRow: (done: number, total: number) => void;
}

const defaultFile = 'kong.yml';

/** Creates the commands for declarative configurations. */
export function createConfigCommand(doors: ConfigDoors): CommandDefinition {
  return {
    name: 'config',
    summary: 'Use declarative configuration files.',
    subcommands: [
      {
        name: 'init',
        summary: `Write an example of a configuration, to ./${defaultFile} unless told otherwise.`,
        arguments: '[file]',
        run: (_context, options) => init(pathOf(options, defaultFile)),
      },
      {
        name: 'parse',
        summary: 'Check a configuration without loading it.',
        arguments: '[file]',
        options: [confOption, prefixOption],
        async run(context, options) {
          await doors.parse(settingsOfNode(context, options), fileOf(options));
          context.out('parse successful');
          return 0;
        },
      },
      {
        name: 'db_import',
        aliases: ['db-import'],
        summary: 'Write a configuration into the store.',
        arguments: '[file]',
        options: [confOption, prefixOption],
        run: (context, options) => importFile(doors, context, options),
      },
      {
        name: 'db_export',
        aliases: ['db-export'],
        summary: `Write what is in the store to a new file, ./${defaultFile} unless told otherwise.`,
        arguments: '[file]',
        options: [confOption, prefixOption],
        run: (context, options) => exportFile(doors, context, options),
      },
    ],
  };
}

function init(path: string): number {
  if (existsSync(path)) throw new CommandError(`${path} already exists.\nWill not overwrite it.`);
  writeFileSync(path, exampleConfig);
  return 0;
}

async function importFile(doors: ConfigDoors, context: CliContext, options: OptionValues): Promise<number> {
  const settings = settingsOfNode(context, options);
  if (settings.database === 'off') {
    throw new CommandError(
      "'gibbon config db_import' only works with a database.\n" +
        'When using database=off, reload your declarative configuration\nusing the /config endpoint.',
    );
  }
  const bar = doors.showLine === undefined ? undefined : progressBar(doors.showLine);
  await doors.importFile(settings, fileOf(options), {
    onParsed: () => context.out('parse successful, beginning import'),
    onRow: (done, total) => bar?.(done, total),
  });
  context.out('import successful');
  if (settings.database === 'sqlite' && runningPid(settings.prefix) !== undefined) {
    context.out("Gibbon is running: run 'gibbon reload' to have it serve what was imported");
  }
  return 0;
}

async function exportFile(doors: ConfigDoors, context: CliContext, options: OptionValues): Promise<number> {
  const settings = settingsOfNode(context, options);
  if (settings.database === 'off') throw new CommandError("'gibbon config db_export' only works with a database.");
  const path = pathOf(options, defaultFile);
  if (existsSync(path)) throw new CommandError(`${path} already exists. Will not overwrite it.`);
  await doors.exportFile(settings, path);
  return 0;
}

function fileOf(options: OptionValues): string {
  const file = textOption(options, 'file');
  if (file === undefined) {
    throw new CommandError('expected a declarative configuration file; see `gibbon config --help`');
  }
  return resolve(file);
}

function pathOf(options: OptionValues, standard: string): string {
  return resolve(textOption(options, 'file') ?? standard);
}
