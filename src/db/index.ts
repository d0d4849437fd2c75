/**
 * DB: rows kept safe. The DAO is the one writer and announces each write once; strategies are the stores under it.
 * It knows no HTTP and no data plane.
 */
export type { Dao, DaoError, DaoResult, Page, PageOptions, WriteOptions } from './dao/types.ts';
