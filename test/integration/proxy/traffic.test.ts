import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRoute, startTestGateway } from '../../support/gateway.ts';
import { startUpstream } from '../../support/scripted-upstream.ts';
import { addMeter, sendDeals, serveDeals } from './traffic.ts';

/** `GIBBON_TRAFFIC_REQUESTS` asks for more, such as the 200,000 of bench/load/soak.ts. */
const requests = Number(process.env.GIBBON_TRAFFIC_REQUESTS ?? 20_000);
const mebibyte = 1024 * 1024;

it(`passes ${requests} requests of all sizes over 64 connections, byte for byte, and holds on to nothing`, async (t) => {
  const gateway = await startTestGateway({ plugins: 'bundled,meter' });
  t.after(() => gateway.stop());
  const wrong: string[] = [];
  const upstream = await startUpstream(serveDeals((fault) => wrong.push(fault)));
  t.after(() => upstream.close());
  await createRoute(gateway, upstream.port, '/deals', { retries: 0 });
  const measure = await addMeter(gateway);

  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const started = performance.now();
  const report = await sendDeals({
    gateway,
    path: '/deals',
    requests,
    connections: 64,
    seed,
    measure: async () => (await measure()).held,
  });
  const seconds = (performance.now() - started) / 1000;
  t.diagnostic(
    `${report.requests} requests, ${Math.round(report.bytes / mebibyte)} MiB of bodies in ${seconds.toFixed(1)} s; held after each quarter: ${report.quarters.map((held) => `${(held / mebibyte).toFixed(1)} MiB`).join(', ')}`,
  );
  assert.deepEqual([...report.faults, ...wrong], []);
  assert.ok(report.requests >= requests);
  // A byte for each request would show at the full length; at the usual one, a leak of a buffer now and then.
  const growth = report.quarters[3]! - report.quarters[0]!;
  assert.ok(growth < 6 * mebibyte, `the worker holds ${growth} bytes more than after the first quarter`);
  // All clients have gone, and the gateway knows it.
  for (let round = 0; ; round += 1) {
    const { body } = await gateway.admin('GET', '/status');
    if (body.server.connections_active === 0) break;
    assert.ok(round < 500, `${body.server.connections_active} connections are still counted`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
