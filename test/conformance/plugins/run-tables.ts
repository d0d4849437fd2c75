import { after, before, describe, test } from 'node:test';
import { compareStep } from './compare-step.ts';
import { createCookieJar } from './cookie-jar.ts';
import { type LiveGateway, openLiveGateway, type StoreKind } from './live-gateway.ts';
import { createMemory } from './memory.ts';
import { pluginTables } from './tables.ts';

/** Declares the tests that send all rows through a gateway with a store of that kind. */
export function runTables(kind: StoreKind): void {
  let gateway: LiveGateway;
  before(async () => {
    gateway = await openLiveGateway(kind);
  });
  after(() => gateway.close());

  for (const [plugin, cases] of Object.entries(pluginTables)) {
    describe(`${plugin} on a gateway (${kind})`, () => {
      for (const row of cases) {
        if (row.entities !== undefined || (kind === 'off' && row.writes === true)) continue;
        test(row.title, async () => {
          const host = await gateway.configure(row);
          const jar = createCookieJar(row);
          const memory = createMemory();
          for (const named of row.steps) {
            const step = memory.recall(named);
            const outcome = jar.keep(await gateway.send(host, jar.bring(step)));
            compareStep(outcome, step);
            memory.keep(outcome, step);
          }
        });
      }
    });
  }
}
