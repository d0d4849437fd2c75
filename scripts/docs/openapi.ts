import { createAuditLog, describeAdminApi } from '../../src/admin/index.ts';
import { createDatabase, createOffStrategy } from '../../src/db/index.ts';
import { coreEntities, defaultWorkspaceId } from '../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../src/kernel/index.ts';
import { pluginSubschema } from '../../src/pdk/support.ts';
import { bundledPlugins } from '../../src/plugins/index.ts';
import { gibbonVersion, kongVersion } from '../../src/settings/index.ts';
import { bundledVaults, vaultSubschema } from '../../src/vaults/index.ts';

/** Where the description of the Admin API is kept, from the repository's folder. */
export const openApiPath = 'docs/admin-api/openapi.json';

/** The description of the Admin API of a node with all bundled plugins, as it serves it itself. */
export async function renderOpenApi(): Promise<string> {
  const plugins = bundledPlugins.map((plugin) => ({ ...plugin, schema: pluginSubschema(plugin) }));
  const database = await createDatabase({
    strategy: createOffStrategy({ clock: systemClock, workspaceId: defaultWorkspaceId }),
    entities: [...coreEntities, ...bundledPlugins.flatMap(({ entities }) => entities ?? [])],
    environment: {
      now: () => systemClock.now(),
      uuid: () => defaultWorkspaceId,
      randomString: () => '',
      subschema: (entity, key) => (entity === 'vaults' ? vaultSubschema(key) : undefined),
    },
    onEvent: () => {},
    clock: systemClock,
    logger: silentLogger,
  });
  const described = describeAdminApi({
    database,
    plugins,
    vaults: bundledVaults,
    settings: { values: () => ({}), secrets: new Set() },
    node: {
      id: defaultWorkspaceId,
      hostname: '',
      version: kongVersion,
      gibbonVersion,
      serverHeader: '',
      luaVersion: '',
      pids: () => ({ master: 0, workers: [] }),
      timers: () => ({ running: 0, pending: 0 }),
    },
    status() {
      throw new Error('Nobody asks for the status of what is only described');
    },
    audit: createAuditLog(0),
    cache: { get: () => undefined, delete: () => {}, clear: () => {}, lookUps: () => 0 },
    dns: { isNewClient: true, report: async () => ({ workers: 0, statistics: new Map() }) },
    logLevel: { current: () => 'notice', change: () => {} },
    logger: silentLogger,
    clock: systemClock,
  });
  return `${JSON.stringify(described, null, 1)}\n`;
}
