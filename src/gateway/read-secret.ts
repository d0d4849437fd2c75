import { GibbonError, silentLogger } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { createVaults, type VaultRow } from '../vaults/index.ts';
import { loadPlugins } from './plugin-registry.ts';
import { openStore } from './store.ts';

/**
 * Reads the secret that a reference stands for: from the environment, or as a vault of the store says.
 * @throws GibbonError `ERR_VAULT` when there is none, and that of the store when it has to be opened and cannot be
 */
export async function readSecret(settings: Settings, reference: string): Promise<string> {
  const vaults = createVaults(process.env);
  let outcome = vaults.resolve(reference);
  if (!outcome.ok && !reference.startsWith('{vault://env/') && settings.database !== 'off') {
    const database = await openStore(settings, await loadPlugins(settings), silentLogger, () => {});
    try {
      for await (const row of database.dao('vaults').each()) vaults.put(row as unknown as VaultRow);
    } finally {
      await database.close();
    }
    outcome = vaults.resolve(reference);
  }
  if (outcome.ok) return outcome.value;
  throw new GibbonError(`Cannot read "${reference}": ${outcome.error}`, { code: 'ERR_VAULT' });
}
