import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import { tableLayout } from '../columns.ts';
import type { StoreMaintenance } from '../state.ts';
import type { After } from '../timers.ts';
import { createPool, type MysqlServer, type Pool } from './connection.ts';
import { dropTables, migrate, readState } from './migrations.ts';

/** What the operator may do with a MySQL store; see {@link StoreMaintenance}. */
export function createMysqlMaintenance(
  server: MysqlServer,
  entities: readonly EntityDefinition[],
  options: { readonly lockTimeoutMs: number; readonly after: After },
): StoreMaintenance {
  const layouts = entities.filter(({ name }) => name !== 'tags').map(tableLayout);

  async function named<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (fault) {
      if (fault instanceof GibbonError) throw fault;
      const name = `${server.host}:${server.port}/${server.database}`;
      throw new GibbonError(`Cannot open the store "${name}": ${messageOf(fault)}`, {
        code: 'ERR_STORE_OPEN',
        cause: fault,
      });
    }
  }

  const withPool = <T>(work: (pool: Pool) => Promise<T>): Promise<T> =>
    named(async () => {
      const pool = createPool(server, options.after);
      try {
        return await work(pool);
      } finally {
        await pool.close();
      }
    });

  return {
    state: () => withPool((pool) => readState(pool, layouts)),
    migrate: () => named(() => migrate(server, layouts, options)),
    reset: () => withPool((pool) => pool.lend(dropTables)),
  };
}
