import { chownSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, onFreePort, removeFolder, run, type TestServer, unprivileged } from './process.ts';

/** How a Postgres server differs from the usual one. */
export interface PostgresServerOptions {
  /** PEM texts with which it offers TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/**
 * Starts a Postgres server with the user `gibbon`, whose password is `secret`, and waits until it answers.
 * @throws when it does not
 */
export function startPostgres(executable: string, options: PostgresServerOptions = {}): TestServer {
  const folder = makeFolder('postgres');
  const data = join(folder, 'data');
  const bin = dirname(realpathSync(executable));
  const control = (...args: readonly string[]): void =>
    run(join(bin, 'pg_ctl'), ['-D', data, '-l', join(folder, 'log'), '-w', '-t', '30', ...args], folder);
  try {
    writeFileSync(join(folder, 'password'), 'secret', { mode: 0o644 });
    const init = ['-D', data, '-U', 'gibbon', '-E', 'UTF8', '-A', 'scram-sha-256', '--no-sync'];
    run(join(bin, 'initdb'), [...init, '--pwfile', join(folder, 'password')], folder);
    const settings = ['-k', folder, '-h', '127.0.0.1', '-c', 'fsync=off', '-c', 'max_connections=200'];
    if (options.tls !== undefined) {
      for (const [name, pem] of Object.entries(options.tls)) {
        const file = join(folder, `${name}.pem`);
        writeFileSync(file, pem, { mode: 0o600 });
        if (unprivileged.uid !== undefined) chownSync(file, unprivileged.uid, unprivileged.gid!);
        settings.push('-c', `ssl_${name}_file=${file}`);
      }
      settings.push('-c', 'ssl=on');
    }
    const start = (port: number): void => control('-o', [...settings, '-p', String(port)].join(' '), 'start');
    const port = onFreePort(start);
    return {
      url: `postgres://gibbon:secret@127.0.0.1:${port}/postgres`,
      kill: () => control('-m', 'immediate', 'stop'),
      restart: () => start(port),
      stop() {
        try {
          control('-m', 'immediate', 'stop');
        } catch {
          // It is down already.
        }
        removeFolder(folder);
      },
    };
  } catch (fault) {
    removeFolder(folder);
    throw fault;
  }
}
