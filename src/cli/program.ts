import { Command, CommanderError } from 'commander';
import type { CliContext, CommandDefinition, OptionValues } from './command.ts';

/** What {@link runProgram} is given. */
export interface ProgramOptions {
  readonly commands: readonly CommandDefinition[];
  /** Arguments after the program's name. */
  readonly args: readonly string[];
  readonly context: Omit<CliContext, 'verbosity'>;
}

/** Runs the command that the arguments name and returns the exit code; never throws. */
export async function runProgram({ commands, args, context }: ProgramOptions): Promise<number> {
  let code = 0;
  let verbosity = 0;
  const program = new Command('gibbon');
  configure(program, context);
  program.usage('COMMAND [OPTIONS]').helpOption('--help', 'show this help').helpCommand(false);
  for (const definition of commands) {
    program.addCommand(
      build(definition, context, async (run, options) => {
        verbosity = verbosityOf(options);
        code = await run({ ...context, verbosity }, options);
      }),
    );
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    reportFailure(error, verbosity, context.err);
    return 1;
  }
}

type Run = NonNullable<CommandDefinition['run']>;

function build(
  definition: CommandDefinition,
  context: Omit<CliContext, 'verbosity'>,
  call: (run: Run, options: OptionValues) => Promise<void>,
): Command {
  const command = new Command(definition.name).summary(definition.summary).description(definition.summary);
  configure(command, context);
  command.helpOption('--help', 'show this help').helpCommand(false);
  for (const alias of definition.aliases ?? []) command.alias(alias);
  for (const subcommand of definition.subcommands ?? []) command.addCommand(build(subcommand, context, call));
  const { run } = definition;
  if (run === undefined) return command.usage('COMMAND [OPTIONS]');

  if (definition.arguments !== undefined) command.arguments(definition.arguments);
  for (const option of definition.options ?? []) command.option(option.flags, option.description, option.default);
  command.option('-v, --v', 'verbose; twice: debug', (_value: unknown, before: number) => before + 1, 0);
  command.option('--vv', 'debug');
  return command.action(async (...given: unknown[]) => {
    const named = command.registeredArguments.map((argument, index) => [argument.name(), given[index]]);
    await call(run, { ...command.opts(), ...Object.fromEntries(named) } as OptionValues);
  });
}

/** Failures of the command line itself read like all others, and end in a thrown error in place of an exit. */
function configure(command: Command, context: Omit<CliContext, 'verbosity'>): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => context.out(text.trimEnd()),
    writeErr: (text) => context.err(text.trimEnd()),
    outputError: (text, write) =>
      write(
        text.replace(/^error: unknown command '(.+)'/, 'Error: No such command: $1').replace(/^error: /, 'Error: '),
      ),
  });
  command.showHelpAfterError(false);
}

function verbosityOf(options: OptionValues): number {
  const counted = options.v as unknown;
  return options.vv === true ? 2 : Math.min(typeof counted === 'number' ? counted : 0, 2);
}

/** Shows a failure as Kong does: the message and a hint, or with --v and --vv where it came from. */
function reportFailure(error: unknown, verbosity: number, err: (text: string) => void): void {
  const message = error instanceof Error ? error.message : String(error);
  if (verbosity > 0) {
    err(`Error:\n${error instanceof Error ? (error.stack ?? message) : message}`);
    return;
  }
  err(`Error: ${message}`);
  err('\n  Run with --v (verbose) or --vv (debug) for more details');
}
