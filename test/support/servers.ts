import { type ServerName, serverVariable, startServer } from '../../scripts/testing/servers/index.ts';

/**
 * The URL of a database server that test files share: the one that the test runner started, else one that lives as long
 * as this process. Each file makes databases of its own in it.
 */
export function sharedServer(name: ServerName): string {
  const given = process.env[serverVariable(name)];
  if (given !== undefined) return given;
  const server = startServer(name);
  process.once('exit', () => server.stop());
  process.env[serverVariable(name)] = server.url;
  return server.url;
}
