import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';

let upstream: ScriptedUpstream;
let gateway: InProcessGateway;
before(async () => {
  upstream = await startUpstream();
  gateway = await startTestGateway();
  const { route } = await createRoute(gateway, upstream.port, '/');
  const config = { allowed_payload_size: 100_000, size_unit: 'bytes' };
  await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'request-size-limiting', config });
});
after(async () => {
  await gateway.stop();
  await upstream.close();
});

/** Sends a chunked body that never ends by itself, or one of `bytes`. */
function send(bytes?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: gateway.port, method: 'POST', agent: false }, (answer) => {
      isAnswered = true;
      answer.resume();
      resolve(answer.statusCode!);
      sent.destroy();
    });
    let isAnswered = false;
    sent.on('error', (fault) => {
      if (!isAnswered) reject(fault);
    });
    sent.setHeader('Transfer-Encoding', 'chunked');
    if (bytes !== undefined) {
      sent.end(Buffer.alloc(bytes));
      return;
    }
    const more = (): void => {
      if (!isAnswered) sent.write(Buffer.alloc(10_000), () => setImmediate(more));
    };
    more();
  });
}

test('a chunked body without end is refused once it is too large', async () => {
  assert.equal(await send(), 413);
  assert.equal(upstream.connections.length, 0);
});

test('a chunked body of the size passes', async () => {
  assert.equal(await send(100_000), 200);
});
