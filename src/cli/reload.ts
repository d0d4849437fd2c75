import { type CommandDefinition, CommandError, confOption, loadForCommand, prefixOption } from './command.ts';
import { prefixPaths, readEnvFile, writeEnvFile } from './prefix.ts';
import { existingPrefix, requirePid, sendSignal } from './signals.ts';

/** Hands changed settings to a running node. */
export const reloadCommand: CommandDefinition = {
  name: 'reload',
  summary: 'Give a running node its settings anew (SIGHUP).',
  options: [
    confOption,
    prefixOption,
    { flags: '--nginx-conf <file>', description: 'template for nginx: taken, and of no effect' },
    { flags: '--nginx-conf-flags <flags>', description: 'flags of that template: taken, and of no effect' },
  ],
  run(context, options) {
    const prefix = existingPrefix(context, options);
    const pid = requirePid(prefix);
    const base = readEnvFile(prefix);
    if (base === undefined) throw new CommandError(`cannot read ${prefixPaths(prefix).env}`);
    // Without --conf the settings of the running node are the base, changed by the environment alone.
    writeEnvFile(loadForCommand(context, options, { base, searchPaths: [], flags: { prefix } }));
    sendSignal(pid, 'SIGHUP');
    context.out('Gibbon reloaded');
    return 0;
  },
};
