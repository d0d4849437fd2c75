import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import {
  block,
  connectFrames,
  type Fields,
  type FrameClient,
  frame,
  headers,
  request,
  type StreamAnswer,
  uint32,
} from '../http2/frame-client.ts';
import {
  answerAll,
  answerHead,
  type FrameScript,
  type FrameServer,
  goodTrailers,
  settings,
  startFrameServer,
} from '../http2/frame-server.ts';

let gateway: InProcessGateway;
let server: FrameServer;

const asked: Fields = request('/a.B/C', 'POST', [
  ['content-type', 'application/grpc'],
  ['te', 'trailers'],
]);

/** What an answer of the gateway's own says; of others the status of gRPC that came with it. */
function grpcStatus({ fields, trailers }: StreamAnswer): string | undefined {
  return [...fields, ...(trailers ?? [])].find(([name]) => name === 'grpc-status')?.[1];
}

/** Stops after the head of the first request. */
const untilAsked =
  (then: FrameScript, ...said: readonly (readonly [number, number])[]): FrameScript =>
  async (side, index) => {
    side.send(settings(...said));
    await side.nextOf(1);
    await then(side, index);
  };

describe('an upstream that speaks HTTP/2', () => {
  const clients: FrameClient[] = [];
  before(async () => {
    gateway = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport', log_level: 'error' });
    server = await startFrameServer();
    const times = { write_timeout: 400, read_timeout: 400, connect_timeout: 400 };
    await createRoute(
      gateway,
      server.port,
      '/a.B',
      { protocol: 'grpc', retries: 0, ...times },
      { protocols: ['grpc'], strip_path: false },
    );
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    // Each case begins without connections.
    await use(answerAll);
    assert.deepEqual(server.faults, []);
  });
  after(async () => {
    await gateway.stop();
    await server.close();
  });

  const connect = async (): Promise<FrameClient> => {
    const client = await connectFrames(gateway.port);
    clients.push(client.open());
    return client;
  };
  const ask = async (): Promise<StreamAnswer> => {
    const client = await connect();
    client.send(headers(1, asked));
    return client.answer(1);
  };
  /** Lets connections from now on do something else, and ends those that there are. */
  const use = async (script: FrameScript): Promise<void> => {
    server.script = script;
    for (const side of server.sides.splice(0)) {
      side.send(frame(7, 0, 0, uint32(0x7fff_ffff, 0)));
      while (!side.isClosed) await side.next();
    }
  };
  /** All is well with the next request. */
  const assertSound = async (): Promise<void> => {
    await use(answerAll);
    const answer = await ask();
    assert.deepEqual([answer.status, grpcStatus(answer)], [200, '0']);
    assert.match(answer.body.toString(), /^stream \d+$/);
  };

  it('is asked again, elsewhere, for what it has not processed when it says GOAWAY', async () => {
    await use(async (side, index) => {
      if (index > 0) return answerAll(side);
      side.send(settings());
      await side.nextOf(1);
      side.send(frame(7, 0, 0, uint32(0, 0)));
    });
    const answer = await ask();
    assert.equal(grpcStatus(answer), '0');
    assert.equal(server.sides.length, 2);
    assert.equal(await nextButPing(server.sides[0]!), 'closed');
  });

  it('goes on with what it has begun when it says GOAWAY', async () => {
    const client = await connect();
    const gate = Promise.withResolvers<void>();
    await use(
      untilAsked(async (side, index) => {
        if (index > 0) return side.send(answerHead(1, true, '200', [['grpc-status', '0']]));
        side.send(answerHead(1), frame(0, 0, 1, 'be'), frame(7, 0, 0, uint32(1, 0)));
        await gate.promise;
        side.send(frame(0, 0, 1, 'gun'), goodTrailers(1));
      }),
    );
    client.send(headers(1, asked));
    await client.nextOf(0);
    // Another one goes to a connection of its own meanwhile.
    client.send(headers(3, asked));
    assert.equal(grpcStatus(await client.answer(3)), '0');
    gate.resolve();
    await client.nextOf(0);
    assert.equal((await client.nextOf(1)).fields![0]![0], 'grpc-status');
    assert.equal(server.sides.length, 2);
    assert.equal(await nextButPing(server.sides[0]!), 'closed');
  });

  it('is asked once more for what it refused, and then no more', async () => {
    await use(async (side) => {
      side.send(settings());
      for (;;) {
        const found = await side.next();
        if (found === undefined) return;
        if (found.type !== 1) continue;
        side.send(frame(3, 0, found.stream, uint32(7)));
      }
    });
    const answer = await ask();
    assert.equal(grpcStatus(answer), '13');
    assert.equal(server.sides[0]!.frames.filter(({ type }) => type === 1).length, 2);
  });

  it('is not asked again for what it may have done', async () => {
    await use(untilAsked((side) => side.send(frame(3, 0, 1, uint32(2)))));
    assert.equal(grpcStatus(await ask()), '13');
    await use(untilAsked((side) => side.close()));
    assert.equal(grpcStatus(await ask()), '13');
    assert.equal(server.sides.length, 1);
  });

  it("ends the client's stream with the code that it ends its own with", async () => {
    await use(untilAsked((side) => side.send(answerHead(1), frame(0, 0, 1, 'be'), frame(3, 0, 1, uint32(11)))));
    const answer = await ask();
    assert.deepEqual([answer.body.toString(), answer.reset], ['be', 11]);
    await use(
      untilAsked((side) => {
        side.send(answerHead(1), frame(0, 0, 1, 'be'));
        side.socket.end();
      }),
    );
    assert.equal((await ask()).reset, 2);
    await assertSound();
  });

  it('is given no more than it takes at once', async () => {
    const gate = Promise.withResolvers<void>();
    await use(async (side) => {
      side.send(settings([3, 1]));
      const { stream } = await side.nextOf(1);
      await gate.promise;
      side.send(answerHead(stream, true, '200', [['grpc-status', '0']]));
    });
    const client = await connect();
    client.send(headers(1, asked), headers(3, asked), headers(5, asked));
    while (server.sides.length < 3) await new Promise(setImmediate);
    gate.resolve();
    assert.deepEqual((await client.answers(1, 3, 5)).map(grpcStatus), ['0', '0', '0']);
  });

  it('is waited for no longer than the time-outs say', async () => {
    await use(() => {});
    assert.equal(grpcStatus(await ask()), '4');
    await use(untilAsked(() => {}));
    assert.equal(grpcStatus(await ask()), '4');
    // A window that never opens.
    await use(untilAsked(() => {}, [4, 0]));
    const client = await connect();
    client.send(headers(1, asked, false), frame(0, 1, 1, 'x'.repeat(100)));
    assert.equal(grpcStatus(await client.answer(1)), '4');
    await assertSound();
  });

  it('is answered when it asks whether anybody is there', async () => {
    await use(
      untilAsked(async (side) => {
        await side.ping();
        side.send(answerHead(1, true, '200', [['grpc-status', '0']]));
      }),
    );
    assert.equal(grpcStatus(await ask()), '0');
  });

  it('gets the trailers of requests, and every byte before them', async () => {
    const client = await connect();
    const seen: string[] = [];
    await use(async (side) => {
      side.send(settings());
      for (;;) {
        const found = await side.next();
        if (found === undefined) return;
        if (found.type === 0) seen.push(found.payload.toString());
        if (found.type === 1 && found.fields![0]![0] !== ':method') seen.push(found.fields!.join());
        if (found.type <= 1 && (found.flags & 1) !== 0) {
          side.send(answerHead(found.stream, true, '200', [['grpc-status', '0']]));
        }
      }
    });
    client.send(headers(1, asked, false), frame(0, 0, 1, 'body'), headers(1, [['x-sum', 'abc']]));
    assert.equal(grpcStatus(await client.answer(1)), '0');
    assert.equal(seen.join(' '), 'body x-sum,abc');
  });

  it('is told when a client goes, at whatever moment', async () => {
    await use(async (side) => {
      side.send(settings());
      for (;;) {
        const found = await side.next();
        if (found === undefined) return;
        if (found.type === 1) side.send(answerHead(found.stream), frame(0, 0, found.stream, Buffer.alloc(3000)));
      }
    });
    const rounds = 60;
    for (let round = 0; round < rounds; round += 1) {
      const client = await connect();
      client.send(headers(1, asked, false));
      if (round % 3 > 0) client.send(frame(0, 0, 1, Buffer.alloc(500)));
      if (round % 4 > 1) await client.nextOf(0);
      if (round % 2 === 0) client.send(frame(3, 0, 1, uint32(8)));
      else client.close();
      if (round % 5 === 0) await new Promise(setImmediate);
    }
    await assertRest();
    await assertSound();
  });

  /** Every stream that the server saw was ended, and nothing holds the gateway's connections. */
  async function assertRest(): Promise<void> {
    for (const side of server.sides) {
      for (;;) {
        const begun = new Set(side.frames.filter(({ type }) => type === 1).map(({ stream }) => stream));
        for (const { type, stream } of side.frames) if (type === 3) begun.delete(stream);
        if (begun.size === 0) break;
        await new Promise(setImmediate);
      }
    }
  }

  describe('and breaks the rules', () => {
    const bomb = Buffer.concat([
      // One entry of 4,000 bytes, then 3,000 references to it.
      Buffer.from([0x40, 1, 0x61, 0x7f, 0xa1, 0x1e]),
      Buffer.alloc(4000, 'x'),
      Buffer.alloc(3000, 0xbe),
    ]);
    const cases: readonly (readonly [name: string, ...parts: Buffer[]])[] = [
      ['a header bomb', frame(1, 5, 1, Buffer.concat([Buffer.from([0x88]), bomb]))],
      [
        'CONTINUATION without end',
        frame(1, 0, 1, Buffer.from([0x88])),
        ...repeat(500, frame(9, 0, 1, Buffer.alloc(1000))),
      ],
      ['empty CONTINUATION', frame(1, 0, 1, Buffer.from([0x88])), ...repeat(50, frame(9, 0, 1))],
      ['CONTINUATION of another stream', frame(1, 0, 1, Buffer.from([0x88])), frame(9, 4, 3, '')],
      ['PING without end', ...repeat(3000, frame(6, 0, 0, '12345678'))],
      ['SETTINGS without end', ...repeat(3000, settings())],
      ['interim answers without end', ...repeat(3000, answerHead(1, false, '103'))],
      ['empty DATA without end', answerHead(1), ...repeat(3000, frame(0, 0, 1))],
      ['a push', frame(5, 4, 1, Buffer.concat([uint32(2), block(asked)]))],
      ['a stream that nobody opened', answerHead(7)],
      ['a stream of its own', answerHead(2)],
      ['DATA before the head', frame(0, 0, 1, 'x')],
      ['a table that is malformed', frame(1, 4, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]))],
      ['no status', frame(1, 4, 1, block([['a', 'b']]))],
      [
        'two statuses',
        frame(
          1,
          4,
          1,
          block([
            [':status', '200'],
            [':status', '200'],
          ]),
        ),
      ],
      [
        'a status behind other fields',
        frame(
          1,
          4,
          1,
          block([
            ['a', 'b'],
            [':status', '200'],
          ]),
        ),
      ],
      ['a switch of protocols', frame(1, 4, 1, block([[':status', '101']]))],
      ['an interim answer that ends', frame(1, 5, 1, block([[':status', '103']]))],
      [
        'a name in capitals',
        frame(
          1,
          4,
          1,
          block([
            [':status', '200'],
            ['A', 'b'],
          ]),
        ),
      ],
      [
        'a line break in a value',
        frame(
          1,
          4,
          1,
          block([
            [':status', '200'],
            ['a', 'b\r\nc: d'],
          ]),
        ),
      ],
      [
        'Connection',
        frame(
          1,
          4,
          1,
          block([
            [':status', '200'],
            ['connection', 'close'],
          ]),
        ),
      ],
      [
        'two lengths',
        answerHead(1, false, '200', [
          ['content-length', '1'],
          ['content-length', '1'],
        ]),
      ],
      ['an end before its length', answerHead(1, true, '200', [['content-length', '5']])],
      ['a frame that is too large', Buffer.from([0, 0x40, 1, 0, 0, 0, 0, 0, 1])],
      ['a window that overflows', frame(8, 0, 0, uint32(0x7fff_ffff))],
      ['an increment of nothing', frame(8, 0, 1, uint32(0))],
      ['HTTP/1', Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')],
    ];
    for (const [name, ...parts] of cases) {
      it(name, async () => {
        await use(untilAsked((side) => side.send(...parts)));
        const answer = await ask();
        assert.ok(grpcStatus(answer) === '13' || answer.reset !== undefined, JSON.stringify(answer));
        await assertSound();
      });
    }

    it('more of a body than it told, or less', async () => {
      for (const parts of [
        [answerHead(1, false, '200', [['content-length', '3']]), frame(0, 0, 1, 'abcd')],
        [answerHead(1, false, '200', [['content-length', '3']]), frame(0, 1, 1, 'ab')],
        [answerHead(1), frame(1, 4, 1, block([['a', 'b']]))],
        [answerHead(1), frame(1, 5, 1, block([[':status', '200']]))],
      ]) {
        await use(untilAsked((side) => side.send(...parts)));
        assert.equal((await ask()).reset, 2);
      }
      await assertSound();
    });

    it('something else than SETTINGS first', async () => {
      await use((side) => side.send(frame(6, 0, 0, '12345678')));
      assert.equal(grpcStatus(await ask()), '13');
      await use((side) => side.send(settings([3, 0])));
      assert.equal(grpcStatus(await ask()), '13');
      await assertSound();
    });
  });
});

function repeat(count: number, bytes: Buffer): Buffer[] {
  return Array.from({ length: count }, () => bytes);
}

/** The next frame beyond those that say nothing of streams, or that the connection is closed. */
async function nextButPing(side: FrameClient): Promise<string> {
  for (;;) {
    const found = await side.next();
    if (found === undefined) return 'closed';
    if (found.type <= 1) return `type ${found.type}`;
  }
}
