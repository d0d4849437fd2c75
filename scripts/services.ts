import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that some tests talk to. */
export interface Service {
  /** Executable that must be found. */
  readonly executable: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Folders to look in besides the PATH; may hold `*`. */
  readonly folders?: readonly string[];
}

/** Programs that tests may declare with `requireService`. */
export const services = {
  nginx: { executable: 'nginx', packages: ['nginx-light'], folders: ['/usr/sbin', '/usr/local/sbin'] },
  curl: { executable: 'curl', packages: ['curl'] },
  openssl: { executable: 'openssl', packages: ['openssl'] },
  postgres: { executable: 'postgres', packages: ['postgresql'], folders: ['/usr/lib/postgresql/*/bin'] },
  mariadb: { executable: 'mariadbd', packages: ['mariadb-server'], folders: ['/usr/sbin', '/usr/libexec'] },
  wrk: { executable: 'wrk', packages: ['wrk'] },
  redis: { executable: 'redis-server', packages: ['redis-server'] },
  slapd: { executable: 'slapd', packages: ['slapd'], folders: ['/usr/sbin', '/usr/libexec'] },
  chromium: { executable: 'chromium', packages: ['chromium'] },
  nghttp: { executable: 'nghttp', packages: ['nghttp2-client'] },
} as const satisfies Record<string, Service>;

/** Name of a known service. */
export type ServiceName = keyof typeof services;

/** True for the name of a known service. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name);
}

/** Returns the path of a service's executable, or undefined when it is not installed. */
export function findService(name: ServiceName, path = process.env.PATH ?? ''): string | undefined {
  const service: Service = services[name];
  const folders = [...path.split(delimiter).filter(Boolean), ...(service.folders ?? []).flatMap((f) => expand(f))];
  return folders.map((folder) => join(folder, service.executable)).find(isExecutable);
}

/** Outcome of {@link ensureService}. */
export type EnsuredService =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly reason: string };

/** Finds a service, and as root installs it with apt-get when it is missing; says why it cannot be had. */
export function ensureService(name: ServiceName, say: (text: string) => void): EnsuredService {
  const found = findService(name);
  if (found !== undefined) return { ok: true, path: found };
  if (process.getuid?.() !== 0) return { ok: false, reason: 'not installed, and only root can install it' };
  if (!existsSync('/usr/bin/apt-get')) return { ok: false, reason: 'not installed, and there is no apt-get' };
  const service: Service = services[name];
  say(`Installing ${service.packages.join(', ')} with apt-get`);
  const failure = withoutStartingServices(() => install(service.packages));
  if (failure !== undefined) return { ok: false, reason: failure };
  const path = findService(name);
  return path === undefined ? { ok: false, reason: `apt-get brought no ${service.executable}` } : { ok: true, path };
}

function install(packages: readonly string[]): string | undefined {
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  if (aptGet(args)) return undefined;
  // The list of packages may be missing or stale.
  aptGet(['update']);
  return aptGet(args) ? undefined : `apt-get install ${packages.join(' ')} failed`;
}

function aptGet(args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Debian starts a daemon as soon as its package is installed, unless this file forbids it. */
function withoutStartingServices<T>(work: () => T): T {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return work();
  } finally {
    rmSync(policy, { force: true });
  }
}

function expand(folder: string): string[] {
  return folder.includes('*') ? globSync(folder).toSorted().toReversed() : [folder];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
