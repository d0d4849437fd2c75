import { countingCases } from '../../support/counting-cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('mariadb');

countingCases('mysql', async () => {
  const { server, drop } = await createTestDatabase();
  return {
    drop,
    gateways: 2,
    strategy: () => strategyOn(server),
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
