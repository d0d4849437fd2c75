/**
 * Settings: the configuration of a node. One table describes every key; reading, checking, masking and the reference
 * page follow from it. It reads files and variables once, and knows no room that uses the outcome.
 */
export { formatEnvFile } from './env-file.ts';
export { type LoadOptions, type LoadResult, loadSettings } from './load.ts';
export { chapters, type PropertyName, properties } from './properties/index.ts';
export type { Listener, Property, PropertyKind } from './property.ts';
export { type Dereference, environmentReferences } from './references.ts';
export { reportSettings } from './report.ts';
export type { Settings } from './settings.ts';
export { gibbonVersion, kongVersion } from './version.ts';
