import { GibbonError } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { bundledPlugins, loadCustomPlugin } from '../plugins/index.ts';
import type { Settings } from '../settings/index.ts';

/**
 * The plugins that the setting `plugins` names, in its order: `bundled` is all that come with Gibbon, `off` none, and
 * every other name is looked for in `plugin_path`. Without a database they are configured as that allows.
 * @throws GibbonError `ERR_PLUGIN_LOAD` when one cannot be loaded; the message says where it was looked for.
 */
export async function loadPlugins(
  settings: Pick<Settings, 'plugins' | 'plugin_path' | 'database' | 'role'>,
): Promise<readonly AnyPlugin[]> {
  const loaded = new Map<string, AnyPlugin>();
  for (const name of settings.plugins) {
    if (name === 'off') continue;
    if (name === 'bundled') {
      for (const plugin of bundledPlugins) loaded.set(plugin.name, plugin);
      continue;
    }
    const bundled = bundledPlugins.find((plugin) => plugin.name === name);
    const plugin = bundled ?? (await loadCustomPlugin(name, settings.plugin_path));
    if (plugin.name !== name) {
      throw new GibbonError(`Cannot load plugin "${name}": the module declares a plugin named "${plugin.name}"`, {
        code: 'ERR_PLUGIN_LOAD',
      });
    }
    loaded.set(name, plugin);
  }
  const hasDatabase = settings.database !== 'off' && settings.role !== 'control_plane';
  return [...loaded.values()].map((plugin) =>
    hasDatabase || plugin.config_without_database === undefined
      ? plugin
      : { ...plugin, config: plugin.config_without_database },
  );
}
