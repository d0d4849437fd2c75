import { after, before } from 'node:test';
import { daoCases } from '../../../src/db/dao/dao.cases.ts';
import { requireService } from '../../support/services.ts';
import { createTestDatabase, strategyOn, type TestDatabase } from './database.ts';

requireService('postgres');

/** Tables of the cases; those of Kong stay from one case to the next. */
const tables = 'replies, notes, books, authors, passes, counters';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

daoCases('postgres', async () => ({
  refusesNul: true,
  open: (clock) => strategyOn(database.server, { clock }),
  dispose: async () => {
    await database.sql(`DROP TABLE ${tables} CASCADE; DELETE FROM tags; DELETE FROM cluster_events`);
  },
}));
