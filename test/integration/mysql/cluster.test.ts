import { clusterCases } from '../../support/cluster-cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('mariadb');

clusterCases('mysql', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    // One connection must be enough, for whatever a node does.
    strategy: () => strategyOn({ ...server, poolSize: 1 }),
    settings: {
      database: 'mysql',
      mysql_host: server.host,
      mysql_port: String(server.port),
      mysql_user: server.user,
      mysql_password: server.password!,
      mysql_database: server.database,
    },
  };
});
