import type { EntityDefinition } from '../../../schema/index.ts';
import { tableLayout } from '../columns.ts';
import { openFault, withPool } from '../server-store.ts';
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

  const inPool = <T>(work: (pool: Pool) => Promise<T>): Promise<T> =>
    withPool(server, () => createPool(server, options.after), work);

  return {
    state: () => inPool((pool) => readState(pool, layouts)),
    async migrate() {
      try {
        await migrate(server, layouts, options);
      } catch (fault) {
        throw openFault(server, fault);
      }
    },
    reset: () => inPool((pool) => pool.lend(dropTables)),
  };
}
