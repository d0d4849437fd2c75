import { findService } from '../../services.ts';
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import type { TestServer } from './process.ts';

export { startPostgres } from './postgres.ts';
export type { TestServer } from './process.ts';
export { type DirectoryOptions, startSlapd, type TestDirectory } from './slapd.ts';

const starters = { postgres: startPostgres, mariadb: startMariadb } as const;

/** A service that is a database server. */
export type ServerName = keyof typeof starters;

/** True for the name of a service that test files of one run share. */
export function isServerName(name: string): name is ServerName {
  return Object.hasOwn(starters, name);
}

/** The environment variable that tells test files where the server of the run is. */
export function serverVariable(name: ServerName): string {
  return `GIBBON_TEST_${name.toUpperCase()}`;
}

/**
 * Starts a server of this kind with what the system has.
 * @throws when it is not installed or does not start
 */
export function startServer(name: ServerName): TestServer {
  const executable = findService(name);
  if (executable === undefined) throw new Error(`Cannot find "${name}": install it to run this test`);
  return starters[name](executable);
}
