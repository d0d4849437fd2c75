import { pathToFileURL } from 'node:url';
import { GibbonError, messageOf } from '../kernel/index.ts';
import type { AnyPlugin } from '../pdk/index.ts';
import { findModule } from './find-module.ts';
import { offerPdk } from './offer-pdk.ts';

/**
 * Loads a plugin that does not come with the gateway: finds its module by name, imports it and takes the export
 * `plugin`, else any export that is a plugin of that name. Each thread that wants the plugin loads it itself.
 * @throws GibbonError `ERR_PLUGIN_NAME` for a name that can be none, `ERR_PLUGIN_NOT_FOUND` with all places that were
 * looked at, `ERR_PLUGIN_LOAD` when the module fails, `ERR_PLUGIN_INVALID` when it holds no plugin of that name.
 */
export async function loadCustomPlugin(name: string, searchPath: readonly string[]): Promise<AnyPlugin> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new GibbonError(`Cannot load plugin "${name}": the name may hold letters, digits, "-", "_" and "." only`, {
      code: 'ERR_PLUGIN_NAME',
    });
  }
  const found = findModule(name, searchPath);
  if (!found.ok) {
    throw new GibbonError(`Cannot find plugin "${name}": looked for\n  ${found.tried.join('\n  ')}`, {
      code: 'ERR_PLUGIN_NOT_FOUND',
    });
  }
  return pluginOf(name, found.file, await importModule(name, found.file));
}

type Module = { readonly [name: string]: unknown };

async function importModule(name: string, file: string): Promise<Module> {
  offerPdk();
  try {
    return (await import(pathToFileURL(file).href)) as Module;
  } catch (cause) {
    throw new GibbonError(`Cannot load plugin "${name}" from "${file}": ${messageOf(cause)}`, {
      code: 'ERR_PLUGIN_LOAD',
      cause,
    });
  }
}

function pluginOf(name: string, file: string, module: Module): AnyPlugin {
  const candidates = [module['plugin'], ...Object.values(module)].filter(isRecord);
  const plugin = candidates.find((candidate) => candidate['name'] === name);
  const problem = plugin === undefined ? absence(name, candidates) : problemOf(plugin);
  if (problem !== undefined) {
    throw new GibbonError(`Cannot use "${file}" as plugin "${name}": ${problem}`, { code: 'ERR_PLUGIN_INVALID' });
  }
  return plugin as unknown as AnyPlugin;
}

function absence(name: string, candidates: readonly Module[]): string {
  const others = candidates.filter((candidate) => typeof candidate['setup'] === 'function');
  if (others.length === 0) return 'it exports no plugin made by definePlugin';
  return `it exports the plugin "${String(others[0]!['name'])}", and none called "${name}"`;
}

/** What is missing from an export that should be a plugin. */
function problemOf(plugin: Module): string | undefined {
  if (typeof plugin['version'] !== 'string') return 'its version must be a string';
  if (!Number.isFinite(plugin['priority'])) return 'its priority must be a number';
  if (!isRecord(plugin['config'])) return 'its config must be a record of fields';
  if (typeof plugin['setup'] !== 'function') return 'its setup must be a function';
  return undefined;
}

function isRecord(value: unknown): value is Module {
  return typeof value === 'object' && value !== null;
}
