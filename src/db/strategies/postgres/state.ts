import { GibbonError, messageOf } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import { tableLayout } from '../columns.ts';
import type { StoreMaintenance } from '../state.ts';
import type { After } from '../timers.ts';
import { readCatalogue } from './catalogue.ts';
import { createPool, type Pool, type PostgresServer, quoted } from './connection.ts';
import { migrate, readState } from './migrations.ts';

/** What the operator may do with a Postgres store; see {@link StoreMaintenance}. */
export function createPostgresMaintenance(
  server: PostgresServer,
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
    state: () => withPool(async (pool) => readState(pool, layouts, await readCatalogue(pool))),
    migrate: () => named(() => migrate(server, layouts, options)),
    reset: () =>
      withPool(async (pool) => {
        const catalogue = await readCatalogue(pool);
        const tables = [...catalogue.columns.keys()].map(quoted);
        if (tables.length > 0) await pool.script(`DROP TABLE ${tables.join(', ')} CASCADE`);
        await pool.script(
          'DROP FUNCTION IF EXISTS sync_tags() CASCADE; DROP FUNCTION IF EXISTS batch_delete_expired_rows() CASCADE',
        );
      }),
  };
}
