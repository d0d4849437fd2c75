import { parseArgs } from 'node:util';

/** What the load benchmark was asked to do. */
export interface BenchOptions {
  /** Names of the scenarios to run; all when empty. */
  readonly scenarios: readonly string[];
  readonly rounds: number;
  /** Length of one round. */
  readonly seconds: number;
  /** Connections that the load generator keeps open. */
  readonly connections: number;
  /** Print the results as JSON in place of the table. */
  readonly json: boolean;
  /** Run the measurements of small pieces of code instead. */
  readonly micro: boolean;
  /** Measure the Admin API instead. */
  readonly admin: boolean;
  /** Measure requests while routes change instead. */
  readonly churn: boolean;
  /** Routes for {@link BenchOptions.churn}, and how many of them change in a second. */
  readonly routes: number;
  readonly changes: number;
  /** Measure what plugins cost instead. */
  readonly plugins: boolean;
  /** Words in the names of those to measure; all when empty. */
  readonly plugin: readonly string[];
  /** What is measured against nginx: `nginx` itself shows how much the method wavers. */
  readonly subject: 'gibbon' | 'nginx';
}

/** How to call the benchmark. */
export const usage = `Usage: npm run bench -- [options]
  --scenario <name>    run this scenario (may be repeated; all when left out)
  --rounds <n>         rounds for each side (5)
  --seconds <n>        length of a round (4)
  --connections <n>    open connections (64)
  --subject <name>     gibbon, or nginx to see how much the method wavers (gibbon)
  --json               print JSON in place of the table
  --admin              measure the Admin API instead
  --churn              measure requests while routes change instead
  --routes <n>         routes for --churn (50000)
  --changes <n>        changes a second for --churn (50)
  --plugins            measure what each plugin costs over a bare route instead
  --plugin <word>      only those whose names have the word (may be repeated)
  --micro [pattern]    run bench/micro/*.bench.ts instead
`;

/**
 * Reads the command line of the benchmark.
 * @throws with the mistake, when there is one.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scenario: { type: 'string', multiple: true },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      connections: { type: 'string', default: '64' },
      subject: { type: 'string', default: 'gibbon' },
      json: { type: 'boolean', default: false },
      micro: { type: 'boolean', default: false },
      admin: { type: 'boolean', default: false },
      churn: { type: 'boolean', default: false },
      routes: { type: 'string', default: '50000' },
      changes: { type: 'string', default: '50' },
      plugins: { type: 'boolean', default: false },
      plugin: { type: 'string', multiple: true },
    },
    allowPositionals: true,
  });
  if (values.subject !== 'gibbon' && values.subject !== 'nginx') {
    throw new Error(`--subject is "${values.subject}": say gibbon or nginx`);
  }
  return {
    scenarios: values.scenario ?? [],
    rounds: count('rounds', values.rounds),
    seconds: count('seconds', values.seconds),
    connections: count('connections', values.connections),
    json: values.json,
    micro: values.micro,
    admin: values.admin,
    churn: values.churn,
    routes: count('routes', values.routes),
    changes: count('changes', values.changes),
    plugins: values.plugins || values.plugin !== undefined,
    plugin: values.plugin ?? [],
    subject: values.subject,
  };
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--${name} is "${text}": give a number of 1 or more`);
  return Number(text);
}
