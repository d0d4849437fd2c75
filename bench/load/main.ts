/** `npm run bench`: loads Gibbon and nginx in turns and compares what a request costs each of them. */
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureService, type ServiceName } from '../../scripts/services.ts';
import { type AdminFigure, measureAdmin } from './admin.ts';
import { measureChurn } from './churn.ts';
import { startGateway } from './gateway.ts';
import { type Comparison, compare } from './measure.ts';
import { startReference, startUpstream } from './nginx.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { measurePlugins } from './plugins.ts';
import { canPin, cores, freePorts, waitForAnswer } from './process.ts';
import { describeRun, formatCosts, formatResults, writeResults } from './report.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import type { Subject } from './subject.ts';

/** Ports at which the upstream answers, for scenarios with several targets. */
const targetCount = 10;

const say = (text: string): void => console.error(text);

try {
  const args = process.argv.slice(2);
  if (args.includes('--help')) console.log(usage);
  else {
    const options = parseOptions(args);
    if (options.micro) runMicro(args.filter((arg) => !arg.startsWith('-')));
    else if (options.admin) await runAdmin(options);
    else if (options.churn) await runChurn(options);
    else if (options.plugins) await runPlugins(options);
    else await runLoad(options);
  }
} catch (error) {
  say(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function runMicro(patterns: readonly string[]): void {
  const folder = resolve(import.meta.dirname, '../micro');
  const files = globSync('**/*.bench.ts', { cwd: folder })
    .toSorted()
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
  for (const file of files) {
    console.log(`\n== ${file}`);
    const { status } = spawnSync(process.execPath, ['--expose-gc', join(folder, file)], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

async function runAdmin({ json }: BenchOptions): Promise<void> {
  const nginx = need('nginx');
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
  chmodSync(folder, 0o755);
  try {
    const [port = 0] = await freePorts(1);
    const upstream = await startUpstream(nginx, folder, [port], cores.rest);
    const sizes = { creates: 20_000, consumers: 100_000, reads: 5000, posted: 10_000 };
    let figures: readonly AdminFigure[];
    try {
      figures = await measureAdmin(folder, port, sizes, say);
    } finally {
      await upstream.stop();
    }
    printFigures(figures, json);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printFigures(figures: readonly AdminFigure[], json: boolean): void {
  const width = Math.max(...figures.map(({ what }) => what.length));
  if (json) console.log(JSON.stringify(figures, undefined, 2));
  else for (const { what, value } of figures) console.log(`${what.padEnd(width)}  ${value.padStart(7)}`);
}

async function runChurn(options: BenchOptions): Promise<void> {
  const nginx = need('nginx');
  const wrk = need('wrk');
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
  chmodSync(folder, 0o755);
  try {
    const [port = 0] = await freePorts(1);
    const upstream = await startUpstream(nginx, folder, [port], cores.rest);
    const { routes, changes, rounds, seconds, connections, scenarios: names } = options;
    const kind = names.includes('expressions') ? 'expressions' : 'fields';
    const load = { wrk, upstreamPort: port, routes, kind, rounds, seconds, connections } as const;
    try {
      printFigures(await measureChurn(folder, { ...load, changesPerSecond: changes }, say), options.json);
    } finally {
      await upstream.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runPlugins(options: BenchOptions): Promise<void> {
  const nginx = need('nginx');
  const programs = { wrk: need('wrk'), redis: need('redis') };
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
  chmodSync(folder, 0o755);
  try {
    const [port = 0] = await freePorts(1);
    const upstream = await startUpstream(nginx, folder, [port], cores.rest);
    let comparisons: readonly Comparison[];
    try {
      comparisons = await measurePlugins(folder, port, programs, options, say);
    } finally {
      await upstream.stop();
    }
    const results = describeRun(options, comparisons, versionOf(nginx));
    const path = writeResults(results);
    console.log(options.json ? JSON.stringify(results, undefined, 2) : `\n${formatCosts(comparisons)}\n`);
    say(`Written to ${path}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runLoad(options: BenchOptions): Promise<void> {
  const chosen = choose(options.scenarios);
  const nginx = need('nginx');
  const wrk = need('wrk');
  if (!canPin) say('Processes are not kept to cores of their own here: figures will waver');
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
  // nginx gives up root and still has to read its files.
  chmodSync(folder, 0o755);
  const running: Subject[] = [];
  try {
    const [referencePort = 0, ...ports] = await freePorts(1 + targetCount);
    const upstream = await startUpstream(nginx, folder, ports, cores.rest);
    running.push(upstream);
    const standard = await startReference(nginx, folder, referencePort, ports[0]!);
    running.push(standard);
    const comparisons: Comparison[] = [];
    for (const scenario of chosen) {
      say(`${scenario.name}: starting`);
      const own: Subject[] = [];
      const start = async (subject: Promise<Subject>): Promise<Subject> => {
        running.push(await subject);
        own.push(await subject);
        return subject;
      };
      const reference =
        scenario.against !== undefined
          ? await start(startOther(scenario, folder, ports))
          : scenario.workers !== undefined
            ? await start(startOwnReference(scenario, folder, ports, nginx))
            : standard;
      const subject = await start(startSubject(options, scenario, folder, ports, nginx));
      comparisons.push(await runScenario(options, scenario, wrk, reference, subject));
      for (const each of own) {
        await each.stop();
        running.splice(running.indexOf(each), 1);
      }
    }
    const results = describeRun(options, comparisons, versionOf(nginx));
    const path = writeResults(results);
    console.log(options.json ? JSON.stringify(results, undefined, 2) : `\n${formatResults(comparisons)}\n`);
    say(`Written to ${path}`);
  } finally {
    for (const subject of running.toReversed()) await subject.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startSubject(
  options: BenchOptions,
  scenario: Scenario,
  folder: string,
  ports: readonly number[],
  nginx: string,
): Promise<Subject> {
  if (options.subject === 'gibbon') return startGateway(scenario, folder, ports);
  return startOwnReference(scenario, folder, ports, nginx);
}

/** Starts an nginx with as many workers as the scenario asks for. */
async function startOwnReference(
  { workers }: Scenario,
  folder: string,
  ports: readonly number[],
  nginx: string,
): Promise<Subject> {
  const [port = 0] = await freePorts(1);
  return startReference(nginx, folder, port, ports[0]!, workers);
}

/** Starts a Gibbon that is set up for another scenario, to compare with. */
async function startOther({ name, against }: Scenario, folder: string, ports: readonly number[]): Promise<Subject> {
  const other = scenarios.find((scenario) => scenario.name === against)!;
  const subject = await startGateway({ ...other, name: `beside-${name}` }, folder, ports);
  return { ...subject, name: other.name };
}

async function runScenario(
  options: BenchOptions,
  scenario: Scenario,
  wrk: string,
  reference: Subject,
  subject: Subject,
): Promise<Comparison> {
  const { headers = {}, upload, protocol } = scenario;
  const [expected, answered] = await Promise.all(
    [reference, subject].map((target) => waitForAnswer(urlOf(target, scenario), withoutConnection(headers))),
  );
  if (expected !== answered)
    throw new Error(`${subject.name} does not answer ${scenario.path} as ${reference.name} does`);
  const { connections, seconds } = options;
  const isHttp2 = protocol === 'h2' || protocol === 'h2c';
  const load = (target: Subject) => {
    const url = loadUrlOf(target, scenario);
    return { wrk, url, connections, seconds, headers, upload, isHttp2 };
  };
  return compare(scenario.name, reference, subject, options.rounds, load, say);
}

function urlOf(target: Subject, scenario: Scenario): string {
  return `http://127.0.0.1:${target.port}${scenario.path}`;
}

/** Where the load goes; {@link urlOf} is for a look beforehand. */
function loadUrlOf(target: Subject, scenario: Scenario): string {
  const { protocol, path } = scenario;
  if (protocol === undefined) return urlOf(target, scenario);
  // With TLS, HTTP/1.1 is spoken on the same port by those who ask for nothing else.
  const port = protocol === 'h2c' ? target.http2?.h2c : target.http2?.h2;
  return `${protocol === 'h2c' ? 'http' : 'https'}://127.0.0.1:${port ?? 0}${path}`;
}

/** `fetch` keeps that header to itself. */
function withoutConnection(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection'));
}

function choose(names: readonly string[]): readonly Scenario[] {
  const unknown = names.find((name) => !scenarios.some((scenario) => scenario.name === name));
  if (unknown !== undefined) {
    throw new Error(`no scenario "${unknown}": there are ${scenarios.map(({ name }) => name).join(', ')}`);
  }
  return names.length === 0 ? scenarios : scenarios.filter(({ name }) => names.includes(name));
}

function need(name: ServiceName): string {
  const outcome = ensureService(name, say);
  if (!outcome.ok) throw new Error(`the benchmark needs ${name}: ${outcome.reason}`);
  return outcome.path;
}

function versionOf(nginx: string): string {
  return spawnSync(nginx, ['-v'], { encoding: 'utf8' }).stderr.trim().replace('nginx version: ', '');
}
