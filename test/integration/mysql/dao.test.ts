import { daoCases } from '../../../src/db/dao/dao.cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn } from './database.ts';

requireService('mariadb');

daoCases('mysql', async () => {
  const database = await createTestDatabase();
  return {
    open: (clock) => strategyOn(database.server, { clock }),
    dispose: database.drop,
  };
});
