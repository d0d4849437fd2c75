import type { Clock } from '../../kernel/index.ts';
import type { Dial, Directory, DirectoryConnection } from './connection.ts';

/** Connections to one directory, kept for those who come next. */
export interface DirectoryPool {
  /**
   * True when `dn` has that password.
   * @throws GibbonError `ERR_LDAP` when the directory does not say.
   */
  bind(dn: string, password: string): Promise<boolean>;
  /** Closes connections that were idle for too long. */
  sweep(): void;
  close(): void;
}

/** What a pool is made of. */
export interface DirectoryPoolOptions {
  readonly directory: Directory;
  readonly dial: Dial;
  readonly clock: Clock;
  /** Milliseconds for which an idle connection is kept. */
  readonly keepAlive: number;
}

/** Idle connections that are kept at most. */
const maxIdle = 30;

/** Creates an empty {@link DirectoryPool}. */
export function createDirectoryPool({ directory, dial, clock, keepAlive }: DirectoryPoolOptions): DirectoryPool {
  let idle: { readonly connection: DirectoryConnection; readonly until: number }[] = [];
  let isClosed = false;

  function take(): DirectoryConnection | undefined {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      if (entry.connection.isOpen && entry.until > clock.monotonic()) return entry.connection;
      entry.connection.close();
    }
    return undefined;
  }

  async function bindOn(connection: DirectoryConnection, dn: string, password: string): Promise<boolean> {
    const isRight = await connection.bind(dn, password);
    if (isClosed || keepAlive <= 0 || idle.length >= maxIdle) connection.close();
    else idle.push({ connection, until: clock.monotonic() + keepAlive });
    return isRight;
  }

  return {
    async bind(dn, password) {
      const known = take();
      if (known !== undefined) {
        try {
          return await bindOn(known, dn, password);
        } catch {
          // It was closed at the other end while it was idle; only a new connection says how the directory is.
        }
      }
      const dialled = await dial(directory);
      if (dialled.ok) return await bindOn(dialled.connection, dn, password);
      directory.onRefusal(`no TLS with it: ${dialled.reason}`);
      return false;
    },
    sweep() {
      const now = clock.monotonic();
      const kept = idle.filter(({ connection, until }) => connection.isOpen && until > now);
      for (const entry of idle) if (!kept.includes(entry)) entry.connection.close();
      idle = kept;
    },
    close() {
      isClosed = true;
      for (const { connection } of idle) connection.close();
      idle = [];
    },
  };
}
