import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPluginRunner, type PluginRun } from '../../../src/pdk/testing.ts';
import { bundledPlugins } from '../../../src/plugins/index.ts';
import { aclCases } from './acl.cases.ts';
import { basicAuthCases } from './basic-auth.cases.ts';
import { correlationIdCases } from './correlation-id.cases.ts';
import { corsCases } from './cors.cases.ts';
import { hmacAuthCases } from './hmac-auth.cases.ts';
import { jwtCases } from './jwt.cases.ts';
import { keyAuthCases } from './key-auth.cases.ts';
import { type ExpectedHeaders, type PluginCase, type PluginStep, sampleEntities } from './plugin-case.ts';
import { rateLimitingCases } from './rate-limiting.cases.ts';
import { requestSizeLimitingCases } from './request-size-limiting.cases.ts';
import { requestTerminationCases } from './request-termination.cases.ts';

const tables: { readonly [plugin: string]: readonly PluginCase[] } = {
  acl: aclCases,
  'basic-auth': basicAuthCases,
  cors: corsCases,
  'correlation-id': correlationIdCases,
  'hmac-auth': hmacAuthCases,
  jwt: jwtCases,
  'key-auth': keyAuthCases,
  'rate-limiting': rateLimitingCases,
  'request-size-limiting': requestSizeLimitingCases,
  'request-termination': requestTerminationCases,
};

for (const [plugin, cases] of Object.entries(tables)) {
  describe(`${plugin} on the fake exchange`, () => {
    for (const row of cases) {
      for (const reads of ['now', 'later'] as const) {
        test(`${row.title} (rows read ${reads})`, async () => {
          const runner = createPluginRunner(
            row.plugins.map(({ name, config }) => ({ plugin: bundled(name), config: config ?? {} })),
            { entities: row.entities ?? sampleEntities, reads },
          );
          for (const step of row.steps) {
            const { request, answer } = step;
            compare(
              await runner.send({ ...(request && { request }), ...(answer && { upstreamResponse: answer }) }),
              step,
            );
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

function compare(run: PluginRun, step: PluginStep): void {
  const found = { status: run.status, headers: pick(run.headers, step.headers) };
  assert.deepEqual(found, { status: step.status, headers: step.headers ?? {} });
  if (step.body !== undefined) assert.equal(run.body, step.body);
  if (step.message !== undefined) assert.equal(JSON.parse(run.body).message, step.message);
  if (step.upstream === null) assert.equal(run.upstream, undefined);
  else if (step.upstream !== undefined) {
    const { headers, ...rest } = step.upstream;
    assert.ok(run.upstream, 'the upstream must be asked');
    assert.deepEqual(pick(run.upstream.headers, headers), headers ?? {});
    for (const [name, value] of Object.entries(rest)) assert.equal(run.upstream[name as 'query' | 'body'], value);
  }
}

function pick(headers: PluginRun['headers'], wanted: ExpectedHeaders = {}): ExpectedHeaders {
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, headers[name] ?? null]));
}
