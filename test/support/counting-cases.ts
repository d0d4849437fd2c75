import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createDatabase, type Database, type Strategy } from '../../src/db/index.ts';
import { coreEntities } from '../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../src/kernel/index.ts';
import { createWindows } from '../../src/kits/windows/index.ts';
import type { EntityWriter } from '../../src/pdk/index.ts';
import { createManualClock } from '../../src/pdk/testing.ts';
import { ratelimitingMetrics } from '../../src/plugins/rate-limiting/entities.ts';
import { limitsOf } from '../../src/plugins/rate-limiting/limit.ts';
import { createClusterPolicy } from '../../src/plugins/rate-limiting/policies/cluster.ts';
import { testPolicy } from '../../src/plugins/rate-limiting/policies/policy.cases.ts';
import { responseRatelimitingMetrics } from '../../src/plugins/response-ratelimiting/entities.ts';
import { createClusterPolicy as createResponsePolicy } from '../../src/plugins/response-ratelimiting/policies/cluster.ts';
import { testPolicy as testResponsePolicy } from '../../src/plugins/response-ratelimiting/policies/policy.cases.ts';
import { createTestEnvironment } from './admin.ts';
import { crowd } from './crowd.ts';
import { createRoute, type GivenSettings, type InProcessGateway, startTestGateway } from './gateway.ts';
import { migrateStore } from './migrate.ts';
import { type ScriptedUpstream, startUpstream } from './scripted-upstream.ts';

/** A store in which limits are counted. */
export interface CountingStore {
  strategy(): Strategy;
  /** Settings with which a gateway uses the store. */
  readonly settings: GivenSettings;
  /** How many gateways may share it. */
  readonly gateways: 1 | 2;
  drop(): Promise<void>;
}

const startOfMinute = Date.UTC(2026, 10, 20, 13, 37);
const startOfHour = Date.UTC(2026, 10, 20, 13, 0);
const none = { second: null, minute: null, hour: null, day: null, month: null, year: null };

/** The cases of the policy `cluster`, in a store of any kind. */
export function countingCases(name: string, createStore: () => Promise<CountingStore>): void {
  describe(`limits counted in ${name}`, () => {
    let store: CountingStore;
    let database: Database;
    before(async () => {
      store = await createStore();
      database = await createDatabase({
        strategy: store.strategy(),
        entities: [...coreEntities, ratelimitingMetrics, responseRatelimitingMetrics],
        environment: createTestEnvironment(systemClock),
        onEvent: () => {},
        clock: systemClock,
        logger: silentLogger,
      });
    });
    after(async () => {
      await database.close();
      await store.drop();
    });

    const writer = (entity: string): Pick<EntityWriter, 'add'> => ({
      add: (additions) => database.add(entity, additions),
    });
    const attached = () => ({ serviceId: randomUUID(), routeId: null });

    testPolicy('cluster', (limits) => ({
      clock: createManualClock(startOfMinute),
      policy: createClusterPolicy(writer('ratelimiting_metrics'), attached(), limits, createWindows()),
    }));
    testResponsePolicy(
      'cluster',
      (cells) => ({
        clock: createManualClock(startOfHour),
        policy: createResponsePolicy(writer('response_ratelimiting_metrics'), attached(), cells, createWindows()),
      }),
      1,
    );

    it('a thousand at once take no more than the limit, and long names are names', async () => {
      const limits = limitsOf({ ...none, hour: 100 });
      const policy = createClusterPolicy(writer('ratelimiting_metrics'), attached(), limits, createWindows());
      const asked = Array.from({ length: 1000 }, async () =>
        Array.from(await policy.take('é'.repeat(5000), startOfMinute)).every((left) => left > 0),
      );
      assert.equal((await Promise.all(asked)).filter(Boolean).length, 100);
    });

    it('counters of windows that are over are swept', async () => {
      const past = Math.floor(Date.now() / 1000) - 7200;
      const key = (period: string) => ['swept', period, past, randomUUID(), randomUUID()];
      await database.removeExpired();
      await database.add('ratelimiting_metrics', [{ key: key('hour'), by: 1, ttl: -10 }]);
      await database.add('response_ratelimiting_metrics', [
        { key: key('videos_hour'), by: 1, ttl: -10 },
        { key: key('two_words_minute'), by: 1, ttl: -10 },
        { key: key('videos_day'), by: 1, ttl: 86_400 },
      ]);
      const left = async (entity: string): Promise<unknown[]> =>
        (await Array.fromAsync(database.dao(entity).each()))
          .filter((row) => row['identifier'] === 'swept')
          .map((row) => row['period']);
      // On Postgres Kong's own trigger may have been there before.
      await database.removeExpired();
      assert.deepEqual(await left('ratelimiting_metrics'), []);
      assert.deepEqual(await left('response_ratelimiting_metrics'), ['videos_day']);
    });

    it('100 clients get exactly 1,000 requests through, however many nodes and workers there are', async () => {
      if (store.gateways > 1) await migrateStore(store.settings);
      const upstream: ScriptedUpstream = await startUpstream();
      const gateways: InProcessGateway[] = [];
      try {
        for (let node = 0; node < store.gateways; node++) {
          gateways.push(await startTestGateway({ ...store.settings, nginx_worker_processes: '2' }));
        }
        const first = gateways[0]!;
        const { route } = await createRoute(first, upstream.port, '/crowd');
        await first.admin('POST', `/routes/${route.id}/plugins`, {
          name: 'rate-limiting',
          config: { year: 1000, policy: 'cluster', fault_tolerant: false },
        });
        const ports = gateways.map(({ port }) => port);
        for (const port of ports) {
          while ((await fetch(`http://127.0.0.1:${port}/crowd`)).headers.get('ratelimit-limit') === null);
        }
        const taken = Number((await fetch(`http://127.0.0.1:${ports[0]}/crowd`)).headers.get('ratelimit-remaining'));
        const counts = await crowd(ports, '/crowd');
        assert.deepEqual(counts, { 200: taken, 429: 1500 - taken });
      } finally {
        for (const gateway of gateways) await gateway.stop();
        await upstream.close();
      }
    });
  });
}
