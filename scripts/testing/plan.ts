/** One step of `npm test`. */
export interface Step {
  readonly name: string;
  /** Program and arguments; `node` is the running one, other programs are those of the installed packages. */
  readonly command: readonly string[];
}

/** Checks that run no code of the gateway, in the order in which they say most about a mistake. */
export const checkSteps: readonly Step[] = [
  { name: 'format and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'promises', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'rooms', command: ['node', 'scripts/rooms.ts'] },
  { name: 'unused code', command: ['knip'] },
  { name: 'documents', command: ['node', 'scripts/docs.ts', '--check'] },
];

/** Test files that share one process: they open no sockets and do not sleep. */
export const unitTests: readonly string[] = [
  'src/**/*.test.ts',
  'scripts/**/*.test.ts',
  'scripts/**/*.test.mjs',
  'bench/**/*.test.ts',
  'examples/**/*.test.ts',
  'test/support/**/*.test.ts',
  'test/property/**/*.test.ts',
  'test/fuzz/**/*.test.ts',
  'examples/**/*.test.ts',
];

/** Test files that get a process each: they talk to running gateways and to other programs. */
export const suiteTests: readonly string[] = ['test/integration/**/*.test.ts', 'test/conformance/**/*.test.ts'];

/** How many processes of {@link suiteTests} run side by side. */
export const suiteConcurrency = 2;
