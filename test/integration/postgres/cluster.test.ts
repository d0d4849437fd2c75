import { clusterCases } from '../../support/cluster-cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('postgres');

clusterCases('postgres', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    strategy: () => strategyOn(server),
    settings: {
      database: 'postgres',
      pg_host: server.host,
      pg_port: String(server.port),
      pg_user: server.user,
      pg_password: server.password!,
      pg_database: server.database,
    },
  };
});

clusterCases('postgres without notifications', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    // Only the table of events is read, as when the connection for notifications cannot be had.
    // One connection must be enough, for whatever a node does.
    strategy: () => strategyOn({ ...server, poolSize: 1 }, { updateEveryMs: 50, hearsNotifications: false }),
    settings: {
      database: 'postgres',
      db_update_frequency: '0.05',
      pg_host: server.host,
      pg_port: String(server.port),
      pg_user: server.user,
      pg_password: server.password!,
      pg_database: server.database,
    },
  };
});
