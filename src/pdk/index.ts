/**
 * PDK: the contract between the gateway and its plugins: how a plugin is declared, and what it is given for one
 * request. It holds no behaviour; `proxy` implements it, plugins (bundled or not) import it and nothing of core.
 */

export { compileSafeRegex, type SafeRegex } from '../kernel/index.ts';
export { defineEntity, f, type Row, typedefs } from '../schema/index.ts';
export { encodeArgs, parseArgs } from './args.ts';
export type * from './kong.ts';
export { escapePath } from './paths.ts';
export {
  type AnyPlugin,
  definePlugin,
  type EntityReader,
  type EntityWriter,
  type Handler,
  type Handlers,
  type Instantiate,
  type PluginAdmin,
  type PluginAdminHost,
  type PluginDefinition,
  type PluginEndpoint,
  type PluginEndpointHandler,
  type PluginHost,
  type PluginInstance,
  type SharedCounters,
  type SharedStore,
  type StoredBytes,
  type ValueAddition,
} from './plugin.ts';
export { kongVersion, kongVersionNum } from './version.ts';
