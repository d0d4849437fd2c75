import { type CommandDefinition, loadForCommand } from './command.ts';
import { runningPid } from './prefix.ts';
import { runStart, startOptions } from './start.ts';
import { stopNode } from './stop.ts';

/** Stops the node of a prefix, if one runs, and starts it anew. */
export const restartCommand: CommandDefinition = {
  name: 'restart',
  summary: 'Stop a running node and start it again.',
  options: startOptions,
  async run(context, options) {
    // Read first: a node is not stopped for settings that would not start.
    const { prefix } = loadForCommand({ ...context, err: () => {} }, options);
    if (runningPid(prefix) !== undefined) await stopNode(context, { prefix });
    return runStart(context, options);
  },
};
