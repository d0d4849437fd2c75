import { type CommandDefinition, prefixOption, secondsOption } from './command.ts';
import { existingPrefix, requirePid, sendSignal, waitForExit } from './signals.ts';

/** Stops a running node once its requests are done, or when the time is up. */
export const quitCommand: CommandDefinition = {
  name: 'quit',
  summary: 'Stop a running node once the requests under way are done (SIGQUIT).',
  options: [
    prefixOption,
    { flags: '-t, --timeout <seconds>', description: 'stop at once when this time is up', default: '10' },
    { flags: '-w, --wait <seconds>', description: 'wait this long before stopping', default: '0' },
  ],
  async run(context, options) {
    const timeoutMs = Math.max(secondsOption(options, 'timeout'), 1) * 1000;
    const waitMs = secondsOption(options, 'wait') * 1000;
    const pid = requirePid(existingPrefix(context, options));
    if (waitMs > 0 && (await waitForExit(pid, waitMs))) {
      context.err('Gibbon stopped while waiting (unexpected)');
      return 0;
    }
    sendSignal(pid, 'SIGQUIT');
    if (await waitForExit(pid, timeoutMs)) {
      context.out('Gibbon stopped (gracefully)');
      return 0;
    }
    sendSignal(pid, 'SIGTERM');
    await waitForExit(pid, timeoutMs);
    context.out('Timeout, Gibbon stopped forcefully');
    return 0;
  },
};
