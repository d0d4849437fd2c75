import { type CommandDefinition, confOption, loadForCommand, prefixOption } from './command.ts';
import { preparePrefix } from './prefix.ts';

/** Makes the prefix directory without starting anything. */
export const prepareCommand: CommandDefinition = {
  name: 'prepare',
  summary: 'Prepare the prefix directory without starting.',
  options: [
    confOption,
    prefixOption,
    { flags: '--nginx-conf <file>', description: 'template for nginx: taken, and of no effect' },
  ],
  run(context, options) {
    preparePrefix(loadForCommand(context, options));
    return 0;
  },
};
