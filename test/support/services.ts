import { findService, type ServiceName } from '../../scripts/services.ts';

/**
 * Declares that a test file needs a program, and returns the path of its executable. The test runner reads the call,
 * written with a literal name, before it starts the file: it installs what is missing, or leaves the file out and says so.
 * @throws when the program is not installed.
 */
export function requireService(name: ServiceName): string {
  const path = findService(name);
  if (path === undefined) throw new Error(`Cannot find "${name}": install it to run this test`);
  return path;
}
