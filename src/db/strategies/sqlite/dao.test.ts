import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daoCases } from '../../dao/dao.cases.ts';
import { createSqliteStrategy } from './index.ts';

daoCases('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gibbon-store-'));
  return {
    open: (clock) => createSqliteStrategy({ path: join(folder, 'store.db'), clock }),
    dispose: () => rm(folder, { recursive: true }),
  };
});
