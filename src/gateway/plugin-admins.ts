import type { Endpoint } from '../admin/index.ts';
import { openSharedStore, type SharedStoreMemory } from '../cache/index.ts';
import type { Database } from '../db/index.ts';
import type { ClusterNotice } from '../events/index.ts';
import { type Logger, messageOf, systemClock } from '../kernel/index.ts';
import type { AnyPlugin, PluginAdmin } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';

/** The endpoints that plugins bring to the Admin API. */
export interface PluginAdmins {
  readonly endpoints: readonly Endpoint[];
  /** Takes what another node told its plugins. */
  hear(notice: ClusterNotice): void;
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
  const admins = new Map<string, PluginAdmin>();
  for (const plugin of plugins) {
    if (plugin.admin === undefined) continue;
    const topic = topicOf(plugin.name);
    const log = logger.child(plugin.name);
    const admin = plugin.admin({
      log,
      clock: systemClock,
      store,
      async tellOthers(data) {
        try {
          await database.tell({ topic, data });
        } catch (fault) {
          log.error(`Cannot tell other nodes: ${messageOf(fault)}`);
        }
      },
      async configurations() {
        const found: { readonly id: string; readonly config: Row }[] = [];
        for await (const row of database.dao('plugins').each()) {
          if (row['name'] === plugin.name) found.push({ id: row['id'] as string, config: row['config'] as Row });
        }
        return found;
      },
    });
    admins.set(topic, admin);
  }
  return {
    endpoints: [...admins.values()].flatMap(({ endpoints }) => endpoints),
    hear({ topic, data }) {
      admins
        .get(topic)
        ?.heard?.(data)
        .catch((fault: unknown) => logger.error(`Cannot do what another node told: ${messageOf(fault)}`));
    },
    close() {
      for (const admin of admins.values()) admin.close?.();
    },
  };
}

function topicOf(plugin: string): string {
  return `plugin:${plugin}`;
}
