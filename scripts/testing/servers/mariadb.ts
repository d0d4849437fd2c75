import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, onFreePort, removeFolder, run, type TestServer, unprivileged } from './process.ts';

/**
 * Starts a MariaDB server with the user `gibbon`, whose password is `secret`, and waits until it answers.
 * @throws when it does not
 */
export function startMariadb(executable: string): TestServer {
  const folder = makeFolder('mariadb');
  const data = join(folder, 'data');
  const pidFile = join(folder, 'pid');
  const sockets = join(folder, 'socket');
  const bin = join(dirname(realpathSync(executable)), '../bin');
  const admin = (...args: readonly string[]): void =>
    run(join(bin, 'mariadb-admin'), ['--no-defaults', '-u', 'gibbon', '-psecret', '-S', sockets, ...args], folder);

  function start(port: number): void {
    const log = openSync(join(folder, 'log'), 'a');
    const child = spawn(
      executable,
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${sockets}`,
        `--pid-file=${pidFile}`,
        // A server that starts empties its folder for temporary tables, so it must be nobody else's.
        `--tmpdir=${folder}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        `--init-file=${join(folder, 'init.sql')}`,
        '--innodb-flush-log-at-trx-commit=2',
        '--innodb-flush-method=nosync',
        '--innodb-doublewrite=0',
        '--innodb-buffer-pool-size=64M',
      ],
      { ...unprivileged, detached: true, stdio: ['ignore', log, log] },
    );
    closeSync(log);
    child.unref();
    for (let attempt = 0; ; attempt++) {
      try {
        admin('ping');
        return;
      } catch (fault) {
        if (attempt === 100 || !isAlive(child.pid))
          throw new Error(`${String(fault)}${readFileSync(join(folder, 'log'), 'utf8')}`);
      }
      run('sleep', ['0.2'], folder);
    }
  }

  function kill(): void {
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0;
    if (pid === 0) return;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) run('sleep', ['0.05'], folder);
  }

  try {
    // One statement a line, as the server reads the file.
    const statements = ["'%'", 'localhost'].flatMap((host) => [
      `CREATE USER IF NOT EXISTS gibbon@${host} IDENTIFIED BY 'secret';`,
      `GRANT ALL ON *.* TO gibbon@${host};`,
    ]);
    writeFileSync(join(folder, 'init.sql'), `${statements.join('\n')}\n`);
    run(
      join(bin, 'mariadb-install-db'),
      [
        '--no-defaults',
        `--datadir=${data}`,
        `--tmpdir=${folder}`,
        '--auth-root-authentication-method=normal',
        '--skip-test-db',
      ],
      folder,
    );
    const port = onFreePort(start);
    return {
      url: `mysql://gibbon:secret@127.0.0.1:${port}/gibbon`,
      kill,
      restart: () => start(port),
      stop() {
        kill();
        removeFolder(folder);
      },
    };
  } catch (fault) {
    kill();
    removeFolder(folder);
    throw fault;
  }
}

/** False once the process is gone, or gone but for its parent's notice. */
function isAlive(pid: number | undefined): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
