import { silentLogger } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { loadPlugins } from './plugin-registry.ts';
import { openStore } from './store.ts';

/**
 * Creates the store of these settings, or brings it up to date, and closes it again.
 * @throws GibbonError when a plugin cannot be loaded or the store cannot be opened
 */
export async function prepareStore(settings: Settings): Promise<void> {
  const database = await openStore(settings, await loadPlugins(settings), silentLogger, () => {});
  await database.close();
}
