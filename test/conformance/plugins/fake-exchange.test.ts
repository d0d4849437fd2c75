import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createManualClock } from '../../../src/kernel/index.ts';
import { createPluginRunner } from '../../../src/pdk/testing.ts';
import { bundledPlugins } from '../../../src/plugins/index.ts';
import { compareStep } from './compare-step.ts';
import { createCookieJar } from './cookie-jar.ts';
import { createMemory } from './memory.ts';
import { sampleEntities } from './plugin-case.ts';
import { pluginTables } from './tables.ts';

/** Within the validity of the certificates that cases use. */
const now = Date.UTC(2027, 0);

for (const [plugin, cases] of Object.entries(pluginTables)) {
  describe(`${plugin} on the fake exchange`, () => {
    for (const row of cases) {
      for (const reads of ['now', 'later'] as const) {
        test(`${row.title} (rows read ${reads})`, async () => {
          const runner = createPluginRunner(
            row.plugins.map(({ name, config }) => ({ plugin: bundled(name), config: config ?? {} })),
            { entities: row.entities ?? sampleEntities, reads, clock: createManualClock(now) },
          );
          const jar = createCookieJar(row);
          const memory = createMemory();
          for (const named of row.steps) {
            const step = memory.recall(named);
            const { request: asked, answer } = jar.bring(step);
            const request = asked?.certificate ? { ...asked, clientCertificate: asked.certificate.cert } : asked;
            const run = await runner.send({ ...(request && { request }), ...(answer && { upstreamResponse: answer }) });
            compareStep(jar.keep(run), step);
            memory.keep(run, step);
          }
        });
      }
    }
  });
}

function bundled(name: string): (typeof bundledPlugins)[number] {
  const plugin = bundledPlugins.find((candidate) => candidate.name === name);
  assert.ok(plugin, `no bundled plugin is called ${name}`);
  return plugin;
}
