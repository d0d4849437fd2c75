import type { Subschema } from '../schema/index.ts';
import { envVault } from './env.ts';

/** The vaults that come with the gateway, by name. */
export const bundledVaults: ReadonlyMap<string, Subschema> = new Map([[envVault.name, envVault]]);

/** The rules for the `config` of a vault entity with this name; undefined when there is no such vault. */
export function vaultSubschema(name: string): Subschema | undefined {
  return bundledVaults.get(name);
}
