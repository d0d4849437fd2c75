import type { Endpoint } from '../admin/index.ts';
import { openSharedStore, type SharedStoreMemory } from '../cache/index.ts';
import type { Database } from '../db/index.ts';
import { type Logger, systemClock } from '../kernel/index.ts';
import type { AnyPlugin, PluginAdmin } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';

/** The endpoints that plugins bring to the Admin API. */
export interface PluginAdmins {
  readonly endpoints: readonly Endpoint[];
  /** Lets plugins let go of what they hold for their endpoints. */
  close(): void;
}

/** Brings the Admin side of plugins to life. */
export function openPluginAdmins(
  plugins: readonly AnyPlugin[],
  database: Database,
  memory: SharedStoreMemory,
  logger: Logger,
): PluginAdmins {
  const store = openSharedStore(memory, systemClock);
  const admins = plugins.flatMap((plugin): PluginAdmin[] => {
    if (plugin.admin === undefined) return [];
    return [
      plugin.admin({
        log: logger.child(plugin.name),
        clock: systemClock,
        store,
        async configurations() {
          const found: { readonly id: string; readonly config: Row }[] = [];
          for await (const row of database.dao('plugins').each()) {
            if (row['name'] === plugin.name) found.push({ id: row['id'] as string, config: row['config'] as Row });
          }
          return found;
        },
      }),
    ];
  });
  return {
    endpoints: admins.flatMap(({ endpoints }) => endpoints),
    close() {
      for (const admin of admins) admin.close?.();
    },
  };
}
