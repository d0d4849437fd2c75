import { type CliContext, type CommandDefinition, CommandError, type OptionValues, prefixOption } from './command.ts';
import { existingPrefix, requirePid, sendSignal, waitForExit } from './signals.ts';

/** How long a node may take to end once it is told to stop at once, in milliseconds. */
const stopTimeoutMs = 10_000;

/** Stops a running node without waiting for requests under way. */
export const stopCommand: CommandDefinition = {
  name: 'stop',
  summary: 'Stop a running node at once (SIGTERM).',
  options: [prefixOption],
  async run(context, options) {
    await stopNode(context, options);
    context.out('Gibbon stopped');
    return 0;
  },
};

/**
 * Ends the node that runs in a prefix and waits until it is gone.
 * @throws {CommandError} when none runs, or it does not end.
 */
export async function stopNode(context: CliContext, options: OptionValues): Promise<void> {
  const pid = requirePid(existingPrefix(context, options));
  sendSignal(pid, 'SIGTERM');
  if (!(await waitForExit(pid, stopTimeoutMs))) throw new CommandError(`process ${pid} does not stop`);
}
