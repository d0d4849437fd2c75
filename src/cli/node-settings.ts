import { loadSettings, type Settings } from '../settings/index.ts';
import { type CliContext, loadForCommand, type OptionValues, textOption } from './command.ts';
import { readEnvFile } from './prefix.ts';

/** The settings of the node that runs in the prefix, or else those that a node would start with. */
export function settingsOfNode(context: CliContext, options: OptionValues): Settings {
  const settings = loadForCommand(context, options);
  const base = readEnvFile(settings.prefix);
  if (base === undefined || textOption(options, 'conf') !== undefined) return settings;
  const running = loadSettings({ base, searchPaths: [], env: context.env, flags: { prefix: settings.prefix } });
  return running.ok ? running.settings : settings;
}
