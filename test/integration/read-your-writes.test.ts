import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestGateway } from '../support/gateway.ts';

test('what the Admin API has answered holds for the next request, on every worker', async () => {
  const gateway = await startTestGateway({ nginx_worker_processes: '2', proxy_access_log: 'off' });
  try {
    /** Each request comes on a connection of its own, which the kernel gives to either worker. */
    const statusOf = async (path: string): Promise<number> => {
      const client = await gateway.connect();
      const answer = await client.ask(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      return answer.status;
    };
    for (let round = 0; round < 40; round += 1) {
      const path = `/at-once-${round}`;
      const route = await gateway.admin('POST', '/routes', { paths: [path] });
      // A route without a service is found, and has nowhere to go.
      assert.equal(await statusOf(path), 503, `round ${round}: after the creation`);
      await gateway.admin('PATCH', `/routes/${route.body.id}`, { paths: [`${path}-moved`] });
      assert.equal(await statusOf(`${path}-moved`), 503, `round ${round}: after the change`);
      await gateway.admin('DELETE', `/routes/${route.body.id}`, undefined, 204);
      assert.equal(await statusOf(`${path}-moved`), 404, `round ${round}: after the deletion`);
    }
  } finally {
    await gateway.stop();
  }
});
