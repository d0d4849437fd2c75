/**
 * Plugins: the bundled ones, each an island in a folder of its own, and the way to load those of others. Core takes them
 * from the list and from the loader, and knows none by name.
 */
export { bundledPlugins } from './registry.ts';
export { loadCustomPlugin } from './load-custom.ts';
