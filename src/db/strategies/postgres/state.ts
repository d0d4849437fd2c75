import type { EntityDefinition } from '../../../schema/index.ts';
import { openFault, withPool } from '../server-store.ts';
import type { StoreMaintenance } from '../state.ts';
import type { After } from '../timers.ts';
import { readCatalogue } from './catalogue.ts';
import { createPool, type Pool, type PostgresServer, quoted } from './connection.ts';
import { migrate, readState } from './migrations.ts';
import { postgresLayout } from './tables.ts';

/** What the operator may do with a Postgres store; see {@link StoreMaintenance}. */
export function createPostgresMaintenance(
  server: PostgresServer,
  entities: readonly EntityDefinition[],
  options: { readonly lockTimeoutMs: number; readonly after: After },
): StoreMaintenance {
  const layouts = entities.filter(({ name }) => name !== 'tags').map(postgresLayout);

  const inPool = <T>(work: (pool: Pool) => Promise<T>): Promise<T> =>
    withPool(server, () => createPool(server, options.after), work);

  return {
    state: () => inPool(async (pool) => readState(pool, layouts, await readCatalogue(pool))),
    async migrate() {
      try {
        await migrate(server, layouts, options);
      } catch (fault) {
        throw openFault(server, fault);
      }
    },
    reset: () =>
      inPool(async (pool) => {
        const catalogue = await readCatalogue(pool);
        const tables = [...catalogue.columns.keys()].map(quoted);
        if (tables.length > 0) await pool.script(`DROP TABLE ${tables.join(', ')} CASCADE`);
        await pool.script(
          'DROP FUNCTION IF EXISTS sync_tags() CASCADE; DROP FUNCTION IF EXISTS batch_delete_expired_rows() CASCADE',
        );
      }),
  };
}
