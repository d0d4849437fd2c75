import { adminFacts } from '../../conformance/admin/facts.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('postgres');

adminFacts('Admin API on Postgres', async () => {
  const { server, drop } = await createTestDatabase();
  return { strategy: strategyOn(server), dispose: drop };
});
