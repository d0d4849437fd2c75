import type { Settings } from '../settings/index.ts';
import { type CommandDefinition, CommandError, confOption, prefixOption, textOption } from './command.ts';
import { settingsOfNode } from './node-settings.ts';

/** What {@link createVaultCommand} is given. */
export interface VaultDoors {
  /** Reads the secret that a reference stands for, with the vaults of these settings' store. @throws why there is none */
  readonly readSecret: (settings: Settings, reference: string) => Promise<string>;
}

/** Creates the commands for vaults (Kong 3.0). */
export function createVaultCommand(doors: VaultDoors): CommandDefinition {
  return {
    name: 'vault',
    summary: 'Read secrets from vaults.',
    subcommands: [
      {
        name: 'get',
        summary: 'Print the secret that a reference stands for: {vault://env/name}, or env/name for short.',
        arguments: '[reference]',
        options: [confOption, prefixOption],
        async run(context, options) {
          const given = textOption(options, 'reference');
          if (given === undefined) {
            throw new CommandError("the 'get' command needs a <reference> argument\ngibbon vault get <reference>");
          }
          const reference = given.startsWith('{vault://') ? given : `{vault://${given}}`;
          context.out(await doors.readSecret(settingsOfNode(context, options), reference));
          return 0;
        },
      },
    ],
  };
}
