import type { AnyPlugin } from '../pdk/index.ts';
import { loadCustomPlugin } from './load-custom.ts';
import { bundledPlugins } from './registry.ts';

/**
 * The plugins that the property `plugins` names: `bundled` stands for all that come with the gateway, `off` for none,
 * any other name for a bundled plugin or one of the search path. Each is there once, in the order of the names.
 * @throws GibbonError as {@link loadCustomPlugin}.
 */
export async function selectPlugins(
  names: readonly string[],
  searchPath: readonly string[],
): Promise<readonly AnyPlugin[]> {
  const selected = new Map<string, AnyPlugin>();
  for (const name of names) {
    if (name === 'off') continue;
    for (const plugin of await named(name, searchPath)) selected.set(plugin.name, plugin);
  }
  return [...selected.values()];
}

async function named(name: string, searchPath: readonly string[]): Promise<readonly AnyPlugin[]> {
  if (name === 'bundled') return bundledPlugins;
  const bundled = bundledPlugins.find((plugin) => plugin.name === name);
  return [bundled ?? (await loadCustomPlugin(name, searchPath))];
}
