import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import {
  block,
  connectFrames,
  type Fields,
  frame,
  headers,
  request,
  uint32,
} from '../integration/http2/frame-client.ts';
import { answerAll, type FrameServer, settings, startFrameServer } from '../integration/http2/frame-server.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../support/gateway.ts';

let gateway: InProcessGateway;
let server: FrameServer;

const stream = fc.constantFrom(1, 1, 1, 3, 0, 2, 5);
const field = fc.constantFrom<Fields[number]>(
  [':status', '200'],
  [':status', '103'],
  ['content-length', '10'],
  ['grpc-status', '0'],
  ['connection', 'close'],
  ['A', 'b'],
);
/** Frames that a server might send, in an order that none would. */
const part = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(stream, fc.constantFrom(0, 1, 4, 5, 5), fc.array(field, { maxLength: 3 }), fc.boolean())
      .map(([id, flags, fields, isGood]) =>
        frame(1, flags, id, block(isGood ? [[':status', '200'], ...fields] : fields)),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(stream, fc.nat(9), fc.nat(2000))
      .map(([id, flags, size]) => frame(0, flags, id, Buffer.alloc(size))),
  },
  { weight: 1, arbitrary: fc.tuple(stream, fc.nat(100_000)).map(([id, size]) => frame(8, 0, id, uint32(size))) },
  { weight: 1, arbitrary: fc.tuple(stream, fc.nat(13)).map(([id, code]) => frame(3, 0, id, uint32(code))) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(5), fc.nat(3)).map(([last, code]) => frame(7, 0, 0, uint32(last, code))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 3, 4, 5, 8), fc.constantFrom(0, 1, 100, 16_384, 70_000))
      .map((pair) => settings(pair)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(12), fc.nat(255), stream, fc.uint8Array({ maxLength: 30 }))
      .map(([type, flags, id, bytes]) => frame(type, flags, id, bytes)),
  },
);

describe('connections to an HTTP/2 upstream against frames in any order', () => {
  before(async () => {
    gateway = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport', log_level: 'crit' });
    server = await startFrameServer();
    await createRoute(
      gateway,
      server.port,
      '/',
      { protocol: 'grpc', retries: 1 },
      { protocols: ['grpc'], strip_path: false },
    );
  });
  after(async () => {
    await gateway.stop();
    await server.close();
  });

  it('end every request, and serve the next one', async () => {
    const asked = request('/a.B/C', 'POST', [['content-type', 'application/grpc']]);
    const client = await connectFrames(gateway.port);
    client.open();
    let id = -1;
    const ask = async () => {
      id += 2;
      client.send(headers(id, asked));
      return client.answer(id);
    };
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 15 }), async (parts) => {
        server.script = async (side) => {
          side.send(settings());
          for (let found = await side.next(); found?.type !== 1; found = await side.next()) {
            if (found === undefined) return;
          }
          side.send(...parts);
          // Whatever came of it, nobody waits for more than this.
          side.socket.end();
        };
        const answer = await ask();
        assert.ok(answer.reset !== undefined || answer.status > 0, JSON.stringify(answer));
      }),
      { numRuns: 200, seed: 9113 },
    );
    server.script = answerAll;
    let last = await ask();
    // What was left of the last round's connection may still have taken this one.
    for (let round = 0; round < 5 && last.trailers === undefined; round += 1) last = await ask();
    assert.deepEqual(last.trailers, [['grpc-status', '0']]);
  });
});
