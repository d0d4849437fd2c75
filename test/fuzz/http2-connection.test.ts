import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { connectFrames, frame, headers, request, uint32 } from '../integration/http2/frame-client.ts';
import { fuzzParameters } from '../support/fuzz.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import { type ScriptedUpstream, startUpstream } from '../support/scripted-upstream.ts';

let gateway: InProcessGateway;
let upstream: ScriptedUpstream;

const stream = fc.constantFrom(0, 1, 3, 5, 7, 2, 9);
/** Frames that mostly make sense by themselves, in an order that does not. */
const part = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(stream, fc.boolean()).map(([id, end]) => headers(id, request('/', 'POST'), end)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(stream, fc.nat(3), fc.nat(2000))
      .map(([id, flags, size]) => frame(0, flags, id, Buffer.alloc(size))),
  },
  { weight: 2, arbitrary: fc.tuple(stream, fc.nat(100_000)).map(([id, size]) => frame(8, 0, id, uint32(size))) },
  { weight: 2, arbitrary: stream.map((id) => frame(3, 0, id, uint32(8))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 3, 4, 5), fc.nat(70_000))
      .map(([at, value]) => frame(4, 0, 0, Buffer.concat([Buffer.from([0, at]), uint32(value)]))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(12), fc.nat(255), stream, fc.uint8Array({ maxLength: 30 }))
      .map(([type, flags, id, bytes]) => frame(type, flags, id, bytes)),
  },
);

describe('an HTTP/2 connection against frames in any order', () => {
  before(async () => {
    gateway = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport', log_level: 'crit' });
    upstream = await startUpstream();
    await createRoute(gateway, upstream.port, '/', { retries: 0 });
  });
  after(async () => {
    await gateway.stop();
    for (const { socket } of upstream.connections) socket.destroy();
    await upstream.stopListening();
  });

  it('goes on or ends with GOAWAY, and serves the next client', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 25 }), async (parts) => {
        const client = await connectFrames(gateway.port);
        client.open().send(...parts, frame(6, 0, 0, 'the last'));
        for (;;) {
          const found = await client.next();
          if (found === undefined) {
            assert.ok(client.frames.some(({ type }) => type === 7));
            break;
          }
          if (found.type === 6 && found.payload.toString() === 'the last') break;
        }
        client.close();
      }),
      fuzzParameters(150, 9113),
    );
    const client = await connectFrames(gateway.port);
    client.open().send(headers(1));
    assert.equal((await client.answer(1)).status, 200);
    client.close();
  });
});
