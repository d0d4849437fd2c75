import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database server of the tests' own: on loopback, its data in a folder that goes with it. */
export interface TestServer {
  /** `<scheme>://<user>:<password>@127.0.0.1:<port>/<database>`. */
  readonly url: string;
  /** Ends it at once, as a crash does; the data stay. */
  kill(): void;
  /** Starts it again on the same port. */
  restart(): void;
  /** Ends it and removes its data. */
  stop(): void;
}

/** Neither of the servers runs as root; `nobody` is on every Debian. */
const nobody = 65_534;

/** Who the servers run as: root becomes nobody, everybody else stays. */
export const unprivileged: Pick<SpawnSyncOptions, 'uid' | 'gid'> =
  process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** Makes a folder that the server may write to. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `gibbon-${name}-`));
  if (unprivileged.uid !== undefined) chownSync(folder, nobody, nobody);
  return folder;
}

/** Removes such a folder. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs a program to its end as the servers' user.
 * @throws with what it printed, when it fails
 */
export function run(program: string, args: readonly string[], folder: string): void {
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
  const result = spawnSync(program, args, { ...unprivileged, cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
  if (result.status !== 0) {
    throw new Error(`Cannot run ${program}: ${result.error?.message ?? ''}${result.stdout}${result.stderr}`);
  }
}

/** Starts on a port that is free: a taken one shows when the server ends at once, and the next is tried. */
export function onFreePort(start: (port: number) => void): number {
  for (let attempt = 1; ; attempt++) {
    const port = 15_000 + Math.floor(Math.random() * 15_000);
    try {
      start(port);
      return port;
    } catch (fault) {
      if (attempt === 5) throw fault;
    }
  }
}
