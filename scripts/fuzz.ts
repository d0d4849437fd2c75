/**
 * `npm run fuzz`: runs the tests that try random input again and again, each round with a new seed, until the time is
 * over or one fails. Flags: --seconds (60), --runs (inputs for each test, one round), --seed (one round); names of files.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

process.chdir(resolve(import.meta.dirname, '..'));
const { values: flags, positionals: names } = parseArgs({
  options: { seconds: { type: 'string' }, runs: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const seconds = numberOf('seconds') ?? 60;
const runs = numberOf('runs');
const isOneRound = flags.runs !== undefined || flags.seed !== undefined;
const files = globSync(['test/fuzz/**/*.test.ts', 'test/integration/proxy/desync.test.ts'])
  .toSorted()
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
if (files.length === 0) fail(`No test of random input has a name with "${names.join('" or "')}"`);

const started = performance.now();
let seed = numberOf('seed') ?? Math.floor(Math.random() * 2 ** 31);
let rounds = 0;
do {
  show(`round ${rounds + 1}, seed ${seed}, ${elapsed()} s${isOneRound ? '' : ` of ${seconds} s`} `);
  const env: NodeJS.ProcessEnv = { ...process.env, GIBBON_FUZZ_SEED: String(seed) };
  if (runs !== undefined) env['GIBBON_FUZZ_RUNS'] = String(runs);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', ...files], {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    show('');
    console.log(stdout + stderr);
    fail(`Failed in round ${rounds + 1}; repeat it with: npm run fuzz -- --seed ${seed}${again()}`);
  }
  rounds += 1;
  seed = (seed + 1) % 2 ** 31;
} while (!isOneRound && elapsed() < seconds);
show('');
console.log(`${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${files.length} files in ${elapsed()} s, nothing found`);

function numberOf(name: 'seconds' | 'runs' | 'seed'): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) fail(`--${name} is "${text}": give a number`);
  return Number(text);
}

function again(): string {
  return `${runs === undefined ? '' : ` --runs ${runs}`}${names.map((name) => ` ${name}`).join('')}`;
}

function elapsed(): number {
  return Math.round((performance.now() - started) / 1000);
}

/** Replaces the line that tells how far it is, on a terminal. */
function show(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function fail(message: string): never {
  console.error(`Error: ${message}`);
  process.exit(1);
}
