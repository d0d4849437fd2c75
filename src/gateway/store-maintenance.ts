import {
  createMysqlMaintenance,
  createPostgresMaintenance,
  createSqliteMaintenance,
  type StoreMaintenance,
} from '../db/index.ts';
import { systemClock } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { loadPlugins } from './plugin-registry.ts';
import { entitiesOf } from './store.ts';
import { after, mysqlServer, postgresServer } from './store-servers.ts';

/**
 * What the operator may do with the store of these settings; nothing is opened yet.
 * @throws GibbonError when a plugin cannot be loaded
 */
export async function maintainStore(
  settings: Settings,
  options: { readonly lockTimeoutMs: number },
): Promise<StoreMaintenance> {
  // Tables have the columns of every flavour, so that a node may change its own without a migration.
  const entities = entitiesOf(await loadPlugins(settings), 'expressions');
  switch (settings.database) {
    case 'postgres':
      return createPostgresMaintenance(postgresServer(settings), entities, { ...options, after });
    case 'mysql':
      return createMysqlMaintenance(mysqlServer(settings), entities, { ...options, after });
    case 'off':
      return nothingToMaintain;
    default:
      return createSqliteMaintenance(settings.sqlite_path, entities, systemClock);
  }
}

/** Entities that come from a file have no tables: there is nothing to create, to bring up to date or to delete. */
const nothingToMaintain: StoreMaintenance = {
  state: () => Promise.resolve({ executed: [], pending: [], missing: [] }),
  migrate: () => Promise.resolve(),
  reset: () => Promise.resolve(),
};
