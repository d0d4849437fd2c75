/**
 * DB: rows kept safe. The DAO is the one writer and announces each write once; strategies are the stores under it.
 * It knows no HTTP and no data plane.
 */

export type { ApplyOptions } from './dao/apply.ts';
export { daoErrors } from './dao/errors.ts';
export { rowTag } from './dao/row-tag.ts';
export type { CompleteRow, Dao, DaoError, DaoResult, Page, PageOptions, WriteOptions } from './dao/types.ts';
export { createDatabase, type Database, type DatabaseOptions, type ValueAddition } from './database.ts';
export { exportDeclaration } from './declarative/export.ts';
export { countRows, importDeclaration, rowsOf } from './declarative/import.ts';
export { describeProblems, type FlattenedError } from './declarative/problems.ts';
export {
  createDeclarationReader,
  type Declaration,
  type DeclarationOutcome,
  type DeclarationReader,
  type DeclaredRow,
} from './declarative/read.ts';
export {
  declarativeHash,
  emptyHash,
  kindOfFile,
  maxTextBytes,
  problemOfShape,
  readDeclarativeText,
  type TextKind,
} from './declarative/text.ts';
export type { MysqlServer } from './strategies/mysql/connection.ts';
export { createMysqlStrategy, type MysqlOptions } from './strategies/mysql/index.ts';
export { createMysqlMaintenance } from './strategies/mysql/state.ts';
export { createOffStrategy, type OffOptions, type OffStrategy } from './strategies/off/index.ts';
export type { PostgresServer } from './strategies/postgres/connection.ts';
export { createPostgresStrategy, type PostgresOptions } from './strategies/postgres/index.ts';
export { createPostgresMaintenance } from './strategies/postgres/state.ts';
export { createSqliteStrategy, type SqliteOptions } from './strategies/sqlite/index.ts';
export { createSqliteMaintenance } from './strategies/sqlite/state.ts';
export type { MigrationGroup, StoreMaintenance, StoreState } from './strategies/state.ts';
export type { Strategy } from './strategies/strategy.ts';
export type { After } from './strategies/timers.ts';
