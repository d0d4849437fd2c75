import { adminFacts } from '../../conformance/admin/facts.ts';
import { adminIdentity } from '../../conformance/admin/identity.ts';
import type { StoreForTests } from '../../support/admin.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('mariadb');

async function createStore(): Promise<StoreForTests> {
  const { server, drop } = await createTestDatabase();
  return { strategy: strategyOn(server), dispose: drop };
}

adminFacts('Admin API on MySQL', createStore);
adminIdentity('Admin API on MySQL', createStore);
