import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { SqlValue } from '../values.ts';

/** A connection that prepares each statement once. Its methods throw what SQLite throws. */
export interface Connection {
  exec(sql: string): void;
  /** The number of rows changed. */
  run(sql: string, values: readonly SqlValue[]): number;
  /** The first row as a list of values. */
  get(sql: string, values: readonly SqlValue[]): readonly SqlValue[] | undefined;
  all(sql: string, values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
  close(): void;
}

/** A statement that would wait longer than this for another process's write lock fails (milliseconds). */
const busyTimeout = 5000;

/**
 * Opens a database file.
 * @throws GibbonError `ERR_STORE_OPEN` when SQLite cannot
 */
export function connect(path: string, options: { readonly readOnly: boolean }): Connection {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: busyTimeout });
    database.exec('PRAGMA foreign_keys = ON');
    if (!options.readOnly) {
      // A commit is in the file system's cache when it returns: it survives the death of the process, and with NORMAL
      // only the newest commits may be lost to a power cut, never the file's consistency.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      // 16 MiB of each: pages that many writes touch are copied back less often, and seldom read again.
      database.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384');
    }
    return wrap(database);
  } catch (fault) {
    database?.close();
    throw new GibbonError(`Cannot open the store "${path}": ${messageOf(fault)}`, {
      code: 'ERR_STORE_OPEN',
      cause: fault,
    });
  }
}

function wrap(database: DatabaseSync): Connection {
  const statements = new Map<string, StatementSync>();
  function prepared(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statement.setReturnArrays(true);
      statements.set(sql, statement);
    }
    return statement;
  }
  // With setReturnArrays rows are lists, which the declarations of node:sqlite do not say.
  type Rows = readonly (readonly SqlValue[])[];
  return {
    exec: (sql) => database.exec(sql),
    run: (sql, values) => Number(prepared(sql).run(...values).changes),
    get: (sql, values) => prepared(sql).get(...values) as unknown as readonly SqlValue[] | undefined,
    all: (sql, values) => prepared(sql).all(...values) as unknown as Rows,
    close() {
      statements.clear();
      database.close();
    },
  };
}
