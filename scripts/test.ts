/**
 * `npm test`: checks, unit tests, then the suites that talk to running programs; every step runs, whatever became of
 * those before it. Flags: --checks (no tests), --unit (unit tests only), --coverage (tests under c8), and file
 * patterns in place of the tests' own.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureService } from './services.ts';
import { checkSteps, suiteConcurrency, suiteTests, unitTests } from './testing/plan.ts';
import { countsVariable, type TestCounts } from './testing/reporter.ts';
import { isServerName, serverVariable, startServer, type TestServer } from './testing/servers/index.ts';
import { neededServices, selectSuites } from './testing/suites.ts';
import { formatTable, type StepOutcome } from './testing/summary.ts';

const root = resolve(import.meta.dirname, '..');
const { values: flags, positionals: patterns } = parseArgs({
  options: { checks: { type: 'boolean' }, unit: { type: 'boolean' }, coverage: { type: 'boolean' } },
  allowPositionals: true,
});
const scratch = mkdtempSync(join(tmpdir(), 'gibbon-test-'));
const outcomes: StepOutcome[] = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
const leftOut: { file: string; reason: string }[] = [];

process.chdir(root);
if (flags.coverage === true) rmSync('coverage', { recursive: true, force: true });
try {
  if (flags.unit !== true && flags.coverage !== true && patterns.length === 0) {
    for (const { name, command } of checkSteps) step(name, () => ({ ok: run(command) }));
  }
  if (flags.checks !== true) runTests();
  if (flags.coverage === true) step('coverage', () => ({ ok: run(['c8', 'report']) }));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = conclude() ? 0 : 1;

function runTests(): void {
  const unit = find(patterns.length > 0 ? patterns : unitTests).filter((file) => !isSuite(file));
  if (unit.length > 0) step('unit tests', () => testRun('unit', ['--test-isolation=none'], unit));
  if (flags.unit === true) return;
  const suites = find(patterns.length > 0 ? patterns : suiteTests).filter(isSuite);
  const selection = selectSuites(suites, (name) => ensureService(name, (text) => console.log(text)));
  leftOut.push(...selection.leftOut);
  if (selection.runnable.length > 0) {
    step('suites', () => suiteRun(selection.runnable));
  }
}

/** Database servers are started once for all files that need them, and stopped whatever becomes of the tests. */
function suiteRun(files: readonly string[]): { ok: boolean; note: string } {
  // An interrupt ends the tests, which have it too; the servers must still be stopped.
  const outlive = (): void => {};
  process.on('SIGINT', outlive);
  const servers: TestServer[] = [];
  const env: Record<string, string> = {};
  try {
    for (const name of new Set(files.flatMap((file) => neededServices(readFileSync(file, 'utf8'))))) {
      if (!isServerName(name)) continue;
      const server = startServer(name);
      servers.push(server);
      env[serverVariable(name)] = server.url;
    }
    return testRun('suites', [`--test-concurrency=${suiteConcurrency}`], files, env);
  } finally {
    for (const server of servers) server.stop();
    process.off('SIGINT', outlive);
  }
}

function isSuite(file: string): boolean {
  return /^test\/(?:integration|conformance)\//.test(file);
}

function testRun(
  name: string,
  options: readonly string[],
  files: readonly string[],
  extraEnv: Readonly<Record<string, string>> = {},
): { ok: boolean; note: string } {
  const countsFile = join(scratch, `${name}.json`);
  const reporter = './scripts/testing/reporter.ts';
  const command = ['node', '--test', ...options, `--test-reporter=${reporter}`, '--test-reporter-destination=stdout'];
  const coverage = flags.coverage === true ? { NODE_V8_COVERAGE: join(root, 'coverage/tmp') } : {};
  const ok = run([...command, ...files], { [countsVariable]: countsFile, ...coverage, ...extraEnv });
  const counts = readCounts(countsFile);
  if (counts === undefined) return { ok: false, note: 'the run ended without counts' };
  totals.passed += counts.passed;
  totals.failed += counts.failed;
  totals.skipped += counts.skipped;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  return { ok, note: `${counts.passed} passed, ${counts.failed} failed${skipped}` };
}

function readCounts(path: string): TestCounts | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestCounts;
  } catch {
    return undefined;
  }
}

function step(name: string, work: () => { readonly ok: boolean; readonly note?: string }): void {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const outcome = work();
  outcomes.push({ name, ms: performance.now() - started, ...outcome });
}

function run(command: readonly string[], extraEnv: Readonly<Record<string, string>> = {}): boolean {
  const [program = '', ...args] = command;
  const bin = join(root, 'node_modules/.bin');
  const nodeFolder = join(process.execPath, '..');
  const env = { ...process.env, ...extraEnv, PATH: [bin, nodeFolder, process.env.PATH ?? ''].join(delimiter) };
  // A test runner inside a test runner would report to its parent.
  delete (env as Record<string, string | undefined>).NODE_TEST_CONTEXT;
  const result = spawnSync(program === 'node' ? process.execPath : program, args, { stdio: 'inherit', env });
  if (result.error !== undefined) console.error(`Cannot run ${program}: ${result.error.message}`);
  return result.status === 0;
}

function find(globs: readonly string[]): string[] {
  return globs.flatMap((pattern) => globSync(pattern, { exclude: ['**/node_modules/**'] })).toSorted();
}

function conclude(): boolean {
  const isCi = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
  console.log(`\n${formatTable(outcomes)}`);
  if (flags.checks !== true) console.log(`${totals.passed} passed, ${totals.failed} failed`);
  for (const { file, reason } of leftOut) console.log(`NOT RUN: ${file} (${reason})`);
  return outcomes.every(({ ok }) => ok) && !(isCi && leftOut.length > 0);
}
