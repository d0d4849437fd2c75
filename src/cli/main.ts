/** The command line: one file per command, and nothing that a gateway needs to run. */
import { checkCommand } from './check.ts';
import { createConfigCommand } from './config.ts';
import { drainCommand } from './drain.ts';
import { healthCommand } from './health.ts';
import { confirmOnTerminal, createMigrationsCommand } from './migrations.ts';
import { prepareCommand } from './prepare.ts';
import { runProgram } from './program.ts';
import { quitCommand } from './quit.ts';
import { reloadCommand } from './reload.ts';
import { restartCommand } from './restart.ts';
import { startCommand } from './start.ts';
import { stopCommand } from './stop.ts';
import { createVaultCommand } from './vault.ts';
import { versionCommand } from './version.ts';

const code = await runProgram({
  commands: [
    startCommand,
    stopCommand,
    quitCommand,
    restartCommand,
    reloadCommand,
    healthCommand,
    checkCommand,
    prepareCommand,
    createMigrationsCommand({
      // The gateway is most of the program; only what opens the store loads it.
      maintainStore: async (settings, more) => (await import('../gateway/index.ts')).maintainStore(settings, more),
      confirm: confirmOnTerminal,
    }),
    createConfigCommand({
      parse: async (settings, path) => (await import('../gateway/index.ts')).parseConfigFile(settings, path),
      importFile: async (settings, path, hooks) =>
        (await import('../gateway/index.ts')).importConfigFile(settings, path, hooks),
      exportFile: async (settings, path) => (await import('../gateway/index.ts')).exportConfigFile(settings, path),
      showLine: process.stderr.isTTY ? (text) => process.stderr.write(`\r${text}\x1b[K`) : undefined,
    }),
    drainCommand,
    createVaultCommand({
      readSecret: async (settings, reference) => (await import('../gateway/index.ts')).readSecret(settings, reference),
    }),
    versionCommand,
  ],
  args: process.argv.slice(2),
  context: {
    env: process.env,
    hasColors: process.stdout.isTTY && process.stdout.hasColors(),
    out: (text) => console.log(text),
    err: (text) => console.error(text),
  },
});
process.exit(code);
