/**
 * DB: rows kept safe. The DAO is the one writer and announces each write once; strategies are the stores under it.
 * It knows no HTTP and no data plane.
 */
export { daoErrors } from './dao/errors.ts';
export type { Dao, DaoError, DaoResult, Page, PageOptions, WriteOptions } from './dao/types.ts';
export { createDatabase, type Database, type DatabaseOptions } from './database.ts';
export { createSqliteStrategy, type SqliteOptions } from './strategies/sqlite/index.ts';
export { deleteSqliteStore, readSqliteState, type SqliteState } from './strategies/sqlite/state.ts';
export type { Strategy } from './strategies/strategy.ts';
