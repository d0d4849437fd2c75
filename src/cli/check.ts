import { loadSettings } from '../settings/index.ts';
import { type CommandDefinition, logLine, textOption } from './command.ts';

/** Says whether a configuration file is sound, and everything that is wrong with it. */
export const checkCommand: CommandDefinition = {
  name: 'check',
  summary: 'Check a configuration file.',
  arguments: '[conf]',
  run(context, options) {
    const file = textOption(options, 'conf') ?? '/etc/kong/kong.conf';
    const result = loadSettings({ file, env: context.env });
    for (const warning of result.warnings) context.err(logLine('warn', warning));
    if (!result.ok) {
      for (const error of result.errors) context.err(logLine('error', error));
      return 1;
    }
    context.out(`configuration at ${file} is valid`);
    return 0;
  },
};
