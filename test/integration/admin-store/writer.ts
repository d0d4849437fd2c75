/** Inserts consumers until it is killed, and prints the id of each insert once it was acknowledged. */
import { writeSync } from 'node:fs';
import { createDatabase, createSqliteStrategy } from '../../../src/db/index.ts';
import { coreEntities } from '../../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../../src/kernel/index.ts';
import { createTestEnvironment } from '../../support/admin.ts';

const database = await createDatabase({
  strategy: createSqliteStrategy({ path: process.argv[2]!, clock: systemClock }),
  entities: coreEntities,
  environment: createTestEnvironment(systemClock),
  onEvent: () => {},
  clock: systemClock,
  logger: silentLogger,
});
const consumers = database.dao('consumers');
for (let round = 0; ; round++) {
  // Several at a time, so that a kill may fall between commits that wait for one another.
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const result = await consumers.insert({ username: crypto.randomUUID(), tags: ['durable', `round-${round}`] });
      if (result.ok) writeSync(1, `${String(result.value.id)}\n`);
    }),
  );
}
