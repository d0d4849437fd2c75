import { after, before, describe, test } from 'node:test';
import { compareStep } from './compare-step.ts';
import { createCookieJar } from './cookie-jar.ts';
import { type LiveGateway, openLiveGateway } from './live-gateway.ts';
import { pluginTables } from './tables.ts';

let gateway: LiveGateway;
before(async () => {
  gateway = await openLiveGateway();
});
after(() => gateway.close());

for (const [plugin, cases] of Object.entries(pluginTables)) {
  describe(`${plugin} on a gateway`, () => {
    for (const row of cases) {
      if (row.entities !== undefined) continue;
      test(row.title, async () => {
        const host = await gateway.configure(row);
        const jar = createCookieJar(row);
        for (const step of row.steps) compareStep(jar.keep(await gateway.send(host, jar.bring(step))), step);
      });
    }
  });
}
