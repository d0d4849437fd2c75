import { type LoadOptions, loadSettings, type Settings } from '../settings/index.ts';

/** One option of a command, in commander's notation: `-p, --prefix <dir>`. */
export interface OptionDefinition {
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

/** What the options and arguments of one call came to; a name that was not given is absent. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** A command of the command line, described as data. */
export interface CommandDefinition {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Positional arguments in commander's notation: `[conf]`. Their values come with the options. */
  readonly arguments?: string;
  readonly aliases?: readonly string[];
  readonly options?: readonly OptionDefinition[];
  readonly subcommands?: readonly CommandDefinition[];
  /** Does the work and returns the exit code. A thrown error is shown as `Error: ...` and gives 1. */
  readonly run?: (context: CliContext, options: OptionValues) => Promise<number> | number;
}

/** What a command may use of the world. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How much to say beyond the necessary: 0, 1 (verbose) or 2 (debug). */
  readonly verbosity: number;
  /** True when the output goes to a terminal that shows colours. */
  readonly hasColors: boolean;
  /** Writes a line to the output. */
  readonly out: (text: string) => void;
  /** Writes a line to the error stream. */
  readonly err: (text: string) => void;
}

/** A failure that the operator can act on. */
export class CommandError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}

/** The option that names the configuration file. */
export const confOption: OptionDefinition = { flags: '-c, --conf <file>', description: 'configuration file' };

/** The option that names the working directory. */
export const prefixOption: OptionDefinition = {
  flags: '-p, --prefix <dir>',
  description: 'override the prefix directory',
};

/** Reads an option that takes text; undefined when it was not given. */
export function textOption(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Reads an option that counts seconds.
 * @throws {CommandError} when it is not a number of 0 or more.
 */
export function secondsOption(options: OptionValues, name: string): number {
  const text = textOption(options, name) ?? '';
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new CommandError(`--${name} is not a number of seconds: '${text}'`);
  }
  return value;
}

/**
 * Reads the settings that `--conf`, `--prefix` and the environment name; warnings go to the error stream.
 * @throws {CommandError} with every mistake, when there is one.
 */
export function loadForCommand(
  context: CliContext,
  options: OptionValues,
  more: Pick<LoadOptions, 'base' | 'searchPaths'> & { readonly flags?: Readonly<Record<string, string>> } = {},
): Settings {
  const file = textOption(options, 'conf');
  const prefix = textOption(options, 'prefix');
  const result = loadSettings({
    ...more,
    env: context.env,
    flags: { ...more.flags, ...(prefix === undefined ? {} : { prefix }) },
    ...(file === undefined ? {} : { file }),
  });
  for (const warning of result.warnings) context.err(logLine('warn', warning));
  if (!result.ok) throw new CommandError(result.errors.join('\n'));
  if (context.verbosity > 0) {
    context.err(logLine('verbose', result.file === undefined ? 'no config file found' : `config file: ${result.file}`));
    context.err(logLine('verbose', `prefix in use: ${result.settings.prefix}`));
  }
  return result.settings;
}

/** A line of what the command line says beside its results, as Kong writes it: time, severity, message. */
export function logLine(level: 'verbose' | 'warn' | 'error', message: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const now = new Date();
  const day = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())} [${level}] ${message}`;
}
