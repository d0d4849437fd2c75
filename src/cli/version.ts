import { gibbonVersion, kongVersion } from '../settings/index.ts';
import type { CommandDefinition } from './command.ts';

/** Prints the version. */
export const versionCommand: CommandDefinition = {
  name: 'version',
  summary: "Print Gibbon's version.",
  options: [{ flags: '-a, --all', description: 'and the versions of what it is built on' }],
  run(context, options) {
    if (options.all !== true) {
      context.out(gibbonVersion);
      return 0;
    }
    const { v8, openssl, sqlite } = process.versions;
    const rows = [
      ['Gibbon', gibbonVersion],
      ['Kong API', kongVersion],
      ['Node.js', process.version],
      ['V8', v8],
      ['OpenSSL', openssl],
      ['SQLite', sqlite],
    ];
    for (const [name, version] of rows) if (version !== undefined) context.out(`${name}: ${version}`);
    return 0;
  },
};
