/** A group of Kong's features, and those of them that Gibbon has. */
export interface FeatureSection {
  readonly prefix: string;
  readonly title: string;
  /** How many features Kong has in this group, numbered from 001. */
  readonly total: number;
  /** What works, by its number, in a few words. */
  readonly done: Readonly<Record<string, string>>;
}

/** The features of Kong 2.1 to 3.9 that a user can notice, 621 in all. Only what tests hold belongs under `done`. */
export const sections: readonly FeatureSection[] = [
  {
    prefix: 'CFG',
    title: 'Configuration',
    total: 20,
    done: {
      '001': 'configuration file: comments, escapes, blank values',
      '002': 'usual places of the file, and `-c`',
      '003': '`KONG_*` variables, stronger than the file',
      '004': 'booleans, lists, empty texts that unset',
      '005': 'unknown keys named in a warning, wrong values listed with their texts',
      '006': 'listeners with all their flags',
      '007': 'several listeners, or `off`',
      '012': 'prefix directory with pid file, logs and settings',
      '013': 'references to the environment, secrets in files',
      '014': 'secrets masked',
      '015': 'old names of keys',
      '017': 'custom templates for nginx taken and passed over',
    },
  },
  {
    prefix: 'CLI',
    title: 'Command line',
    total: 15,
    done: {
      '001': '`start`, `stop`, `restart`, `reload`, `quit`',
      '002': '`prepare`',
      '003': '`check`',
      '004': '`health`',
      '005': '`version`',
      '006': '`migrations`: bootstrap, up, finish, list, reset, status',
      '015': 'verbosity, `Error:` on the error stream, exit codes',
    },
  },
  { prefix: 'ADM', title: 'Admin API', total: 49, done: {} },
  { prefix: 'ENT', title: 'Entities and schemas', total: 36, done: {} },
  { prefix: 'RTE', title: 'Router', total: 24, done: {} },
  { prefix: 'PRX', title: 'HTTP proxying', total: 27, done: {} },
  { prefix: 'ERR', title: 'Error bodies', total: 8, done: {} },
  { prefix: 'UPS', title: 'Load balancing', total: 16, done: {} },
  { prefix: 'HC', title: 'Health checks', total: 10, done: {} },
  { prefix: 'DNS', title: 'Name resolution', total: 7, done: {} },
  { prefix: 'TLS', title: 'TLS', total: 11, done: {} },
  { prefix: 'STR', title: 'Stream proxy', total: 8, done: {} },
  { prefix: 'RUN', title: 'Plugin runtime', total: 18, done: {} },
  { prefix: 'PLG', title: 'Bundled plugins', total: 289, done: {} },
  { prefix: 'DBL', title: 'Declarative configuration', total: 16, done: {} },
  { prefix: 'HYB', title: 'Hybrid mode', total: 14, done: {} },
  { prefix: 'CCH', title: 'Caching and cluster events', total: 8, done: {} },
  { prefix: 'OBS', title: 'Observability', total: 12, done: {} },
  { prefix: 'PDK', title: 'Plugin development kit', total: 21, done: {} },
  { prefix: 'VLT', title: 'Vaults', total: 7, done: {} },
  { prefix: 'WSM', title: 'Wasm', total: 5, done: {} },
];
