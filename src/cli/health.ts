import { type CommandDefinition, CommandError, prefixOption } from './command.ts';
import { readEnvFile, runningPid } from './prefix.ts';
import { existingPrefix } from './signals.ts';

/** Says whether a node runs. */
export const healthCommand: CommandDefinition = {
  name: 'health',
  summary: 'Check whether a node is running.',
  options: [prefixOption],
  run(context, options) {
    const prefix = existingPrefix(context, options);
    if (readEnvFile(prefix) === undefined) throw new CommandError(`Gibbon is not running at ${prefix}`);
    const isRunning = runningPid(prefix) !== undefined;
    context.out(`${'gibbon'.padEnd(12, '.')}${isRunning ? 'running' : 'not running'}`);
    context.out('');
    if (!isRunning) throw new CommandError(`Gibbon is not running at ${prefix}`);
    context.out(`Gibbon is healthy at ${prefix}`);
    return 0;
  },
};
