/**
 * The way into every command of the repository, in plain JavaScript that any Node from 20 on runs: brings a newer Node
 * and the packages when they are missing, then runs the command under them.
 *
 * Usage: node scripts/bootstrap.mjs start|test|coverage|check|bench|fuzz [arguments]
 */
import { enter } from './bootstrap/enter.mjs';

/** What each command runs, and whether it needs the packages of development. */
const commands = {
  start: { target: 'src/cli/main.ts', args: ['start'], packages: 'production' },
  test: { target: 'scripts/test.ts', args: [], packages: 'all' },
  coverage: { target: 'scripts/test.ts', args: ['--coverage'], packages: 'all' },
  check: { target: 'scripts/test.ts', args: ['--checks'], packages: 'all' },
  bench: { target: 'bench/load/main.ts', args: [], packages: 'all' },
  fuzz: { target: 'scripts/fuzz.ts', args: [], packages: 'all' },
};

const [name = '', ...rest] = process.argv.slice(2);
if (!Object.hasOwn(commands, name)) {
  process.stderr.write(`Usage: node scripts/bootstrap.mjs ${Object.keys(commands).join('|')} [arguments]\n`);
  process.exit(2);
}
const { target, args, packages } = commands[name];
await enter({ target, args: [...args, ...rest], packages });
