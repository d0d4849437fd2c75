import { maintainStore } from '../../src/gateway/index.ts';
import { loadSettings } from '../../src/settings/index.ts';
import type { GivenSettings } from './gateway.ts';

/** Brings the store that settings name to what a gateway needs. */
export async function migrateStore(flags: GivenSettings): Promise<void> {
  const settings = loadSettings({ env: {}, flags: { ...flags }, searchPaths: [] });
  if (!settings.ok) throw new Error(`Settings of a test are wrong: ${settings.errors.join('; ')}`);
  await (await maintainStore(settings.settings, { lockTimeoutMs: 10_000 })).migrate();
}
