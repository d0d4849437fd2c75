import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, onFreePort, removeFolder, run, type TestServer, unprivileged } from './process.ts';

/** An LDAP directory of a test's own. */
export interface TestDirectory extends TestServer {
  /** Port without TLS until it is asked for; `url` leads there too. */
  readonly port: number;
  /** Port with TLS from the first byte on. */
  readonly tlsPort: number;
  /** Lets it stand still without closing anything, or go on. */
  freeze(isFrozen: boolean): void;
}

/** What a directory holds, and shows. */
export interface DirectoryOptions {
  /** Entries below `dc=example,dc=com`, which is there, as LDIF. */
  readonly entries: string;
  /** PEM texts with which it offers TLS. */
  readonly tls: { readonly cert: string; readonly key: string };
}

/** Ends once both ports take connections. */
const waitFor = `
const reach = (port) => require('node:net').connect(port, '127.0.0.1', function () { this.end(); })
  .on('error', () => setTimeout(reach, 10, port));
process.argv.slice(1).forEach((port) => reach(Number(port)));`;

const suffix = 'dc=example,dc=com';

/**
 * Starts a slapd with the suffix `dc=example,dc=com`, and waits until it takes connections.
 * @throws when it does not start
 */
export function startSlapd(executable: string, { entries, tls }: DirectoryOptions): TestDirectory {
  const folder = makeFolder('slapd');
  const place = (name: string): string => join(folder, name);
  const write = (name: string, text: string): void => {
    writeFileSync(place(name), text, { mode: 0o600 });
    own(place(name));
  };
  mkdirSync(place('data'));
  own(place('data'));
  write('cert.pem', tls.cert);
  write('key.pem', tls.key);
  write('slapd.conf', configOf(place));
  write(
    'entries.ldif',
    `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n${entries}`,
  );

  const pid = (): number => Number(readFileSync(place('pid'), 'utf8'));
  const ports = { plain: 0, secured: 0 };
  const start = (plain: number, secured: number): void => {
    const urls = `ldap://127.0.0.1:${plain}/ ldaps://127.0.0.1:${secured}/`;
    run(executable, ['-f', place('slapd.conf'), '-h', urls], folder);
    // It is in the background before it listens.
    run(process.execPath, ['-e', waitFor, String(plain), String(secured)], folder);
  };
  const end = (): void => {
    if (!existsSync(place('pid'))) return;
    signal(pid(), 'SIGKILL');
    removeFolder(place('pid'));
  };
  try {
    run(executable, ['-T', 'add', '-f', place('slapd.conf'), '-l', place('entries.ldif')], folder);
    ports.plain = onFreePort((port) => {
      ports.secured = port + 1;
      start(port, port + 1);
    });
  } catch (fault) {
    removeFolder(folder);
    throw fault;
  }
  return {
    url: `ldap://127.0.0.1:${ports.plain}/${suffix}`,
    port: ports.plain,
    tlsPort: ports.secured,
    kill: end,
    restart: () => start(ports.plain, ports.secured),
    freeze: (isFrozen) => signal(pid(), isFrozen ? 'SIGSTOP' : 'SIGCONT'),
    stop() {
      end();
      removeFolder(folder);
    },
  };
}

function configOf(place: (name: string) => string): string {
  return [
    'include /etc/ldap/schema/core.schema',
    `pidfile ${place('pid')}`,
    `argsfile ${place('args')}`,
    `TLSCertificateFile ${place('cert.pem')}`,
    `TLSCertificateKeyFile ${place('key.pem')}`,
    'database ldif',
    `suffix "${suffix}"`,
    `directory ${place('data')}`,
    '',
  ].join('\n');
}

function own(path: string): void {
  if (unprivileged.uid !== undefined) chownSync(path, unprivileged.uid, unprivileged.gid!);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is down already.
  }
}
