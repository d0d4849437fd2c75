/**
 * Plugins: the bundled ones, each an island in a folder of its own, and the way to load those of others. Core takes them
 * from here as a list and knows none by name.
 */
export { loadCustomPlugin } from './load-custom.ts';
export { bundledPlugins } from './registry.ts';
