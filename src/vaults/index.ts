/**
 * Vaults: what stands behind `{vault://...}` references, and putting secrets in their place in rows. One file per bundled
 * vault. It knows no store and no data plane; rows and the environment are handed to it.
 */
export { bundledVaults, vaultSubschema } from './bundled.ts';
export { parseReference, type VaultReference } from './reference.ts';
export { createRowResolver, type RowResolver } from './rows.ts';
export { createVaults, type SecretOutcome, type VaultRow, type Vaults } from './vaults.ts';
