/**
 * Gateway: the composition root. It alone knows all rooms: it opens the store, serves the Admin API, starts workers and
 * tells them of every change, and takes all of it down again.
 */
export { exportConfigFile, importConfigFile, parseConfigFile } from './config-files.ts';
export type { Address } from './node-apis.ts';
export { readSecret } from './read-secret.ts';
export { type RunningGateway, type StartOptions, startGateway } from './start.ts';
export { maintainStore } from './store-maintenance.ts';
