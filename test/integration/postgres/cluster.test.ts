import { clusterCases } from '../../support/cluster-cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, gatewaySettings, strategyOn } from './database.ts';

requireService('postgres');

clusterCases('postgres', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    strategy: () => strategyOn(server),
    settings: gatewaySettings(server),
  };
});

clusterCases('postgres without notifications', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    // Only the table of events is read, as when the connection for notifications cannot be had.
    // One connection must be enough, for whatever a node does.
    strategy: () => strategyOn({ ...server, poolSize: 1 }, { updateEveryMs: 50, hearsNotifications: false }),
    settings: { ...gatewaySettings(server), db_update_frequency: '0.05' },
  };
});
