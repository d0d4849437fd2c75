import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ResponseHead } from '../../../src/http1/index.ts';
import { createManualClock, createTimerWheel, type ManualClock, type TimerWheel } from '../../../src/kernel/index.ts';
import {
  type ConnectionPool,
  createConnectionPool,
  type Http2Request,
  type PoolOptions,
  type ResponseSink,
  type TransportFault,
} from '../../../src/transport/index.ts';
import { frame, uint32 } from '../http2/frame-client.ts';
import { answerAll, answerHead, type FrameServer, settings, startFrameServer } from '../http2/frame-server.ts';

const timeouts = { connect: 60_000, write: 60_000, read: 60_000 };

/** Hears what becomes of a request. */
class Listener implements ResponseSink {
  body = '';
  trailers = '';
  head: ResponseHead | undefined;
  fault: TransportFault | undefined;
  isOver = false;
  writable = 0;
  onFirst: (() => void) | undefined;
  #waiting: (() => void) | undefined;

  onInterim(): void {}
  onHead(head: ResponseHead): void {
    this.head = head;
    this.onFirst?.();
  }
  onData(bytes: Buffer, start: number, end: number): void {
    this.body += bytes.toString('latin1', start, end);
  }
  onEnd(trailers: string): void {
    this.trailers = trailers;
    this.#settle();
  }
  onFlush(): void {}
  onFault(fault: TransportFault): void {
    this.fault = fault;
    this.#settle();
  }
  onWritable(): void {
    this.writable += 1;
  }
  #settle(): void {
    assert.ok(!this.isOver, 'told once');
    this.isOver = true;
    this.#waiting?.();
  }
  async over(): Promise<this> {
    if (!this.isOver) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    return this;
  }
}

describe('HTTP/2 connections to a peer', () => {
  let server: FrameServer;
  let clock: ManualClock;
  let wheel: TimerWheel;
  let pool: ConnectionPool;
  let peer: { readonly ip: string; readonly port: number; attached: unknown };

  beforeEach(async () => {
    server = await startFrameServer();
    start();
  });
  afterEach(async () => {
    pool.close();
    await server.close();
    assert.deepEqual(server.faults, []);
  });

  function start(options: Partial<PoolOptions> = {}): void {
    clock = createManualClock();
    wheel = createTimerWheel({ clock });
    pool = createConnectionPool({ wheel, size: 2, maxRequests: 0, idleTimeout: 60_000, ...options });
    peer = { ip: '127.0.0.1', port: server.port, attached: undefined };
  }
  function send(body = '', isWhole = true): { readonly request: Http2Request; readonly sink: Listener } {
    const sink = new Listener();
    const request = pool.http2(peer, undefined, false);
    const lines = ':method: POST\r\n:scheme: http\r\n:path: /a.B/C\r\n:authority: a\r\n';
    request.send({ lines, length: -1, body, isWhole, trailers: '', isHead: false, answerWithin: 0 }, sink, timeouts);
    return { request, sink };
  }
  /** Lets so much time pass, a tick at a time. */
  function pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      clock.advance(100);
      wheel.tick();
    }
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are kept for the next request, and for no longer than they may be idle', async () => {
    assert.equal((await send().sink.over()).body, 'stream 1');
    assert.deepEqual([pool.size, pool.idle], [1, 1]);
    assert.equal((await send().sink.over()).body, 'stream 3');
    pass(59_000);
    assert.deepEqual([pool.size, pool.idle], [1, 1]);
    pass(3000);
    assert.deepEqual([pool.size, pool.idle, wheel.size], [0, 0, 0]);
  });

  it('are used for so many requests and no more', async () => {
    start({ maxRequests: 2 });
    for (const expected of ['stream 1', 'stream 3', 'stream 1'])
      assert.equal((await send().sink.over()).body, expected);
    assert.equal(server.sides.length, 2);
    assert.deepEqual([pool.size, pool.idle], [1, 1]);
  });

  it('are not kept beyond the number that is wanted', async () => {
    start({ size: 0 });
    assert.equal((await send().sink.over()).body, 'stream 1');
    assert.deepEqual([pool.size, pool.idle, wheel.size], [0, 0, 0]);
  });

  it('are given up when the peer answers nothing, not even a PING', async () => {
    server.script = async (side) => {
      side.send(settings());
      await side.nextOf(1);
      side.socket.pause();
    };
    const { sink } = send();
    while (server.sides.length === 0 || server.sides[0]!.frames.every(({ type }) => type !== 1)) await turn();
    pass(61_000);
    assert.equal(sink.fault?.kind, 'read_timeout');
    // The next one does not wait for a connection that may be dead.
    server.script = answerAll;
    assert.equal((await send().sink.over()).body, 'stream 1');
    assert.equal(pool.size, 2);
    pass(11_000);
    assert.equal(pool.size, 1);
  });

  it('are used on when they answer a PING', async () => {
    server.script = async (side) => {
      side.send(settings());
      for (;;) {
        const found = await side.next();
        if (found === undefined) return;
        if (found.type === 6) side.send(frame(6, 1, 0, found.payload));
      }
    };
    const { sink } = send();
    while (server.sides.length === 0 || server.sides[0]!.frames.every(({ type }) => type !== 1)) await turn();
    pass(61_000);
    assert.equal(sink.fault?.kind, 'read_timeout');
    while (server.sides[0]!.frames.every(({ type }) => type !== 6)) await turn();
    const before = pool.idle;
    // The answer to PING has to come back before anybody may rely on the connection.
    for (let round = 0; round < 50; round += 1) await turn();
    pass(11_000);
    assert.deepEqual([pool.size, pool.idle, before], [1, 1, 1]);
  });

  it('leave nothing behind of requests that are given up at any moment', async () => {
    server.script = async (side) => {
      side.send(settings([3, 7]));
      for (;;) {
        const found = await side.next();
        if (found === undefined) return;
        const { stream, type } = found;
        if (type !== 1) continue;
        const parts = [answerHead(stream), frame(0, 0, stream, Buffer.alloc(100)), frame(0, 1, stream, 'end')];
        side.send(...parts.slice(0, (stream >> 1) % 4));
        if (stream % 5 === 0) side.send(frame(3, 0, stream, uint32(stream % 3 === 0 ? 7 : 8)));
        if (stream > 120) side.close();
      }
    };
    const open = new Set<{ readonly request: Http2Request; readonly sink: Listener }>();
    for (let round = 0; round < 600; round += 1) {
      open.add(send('x'.repeat(round % 50), round % 3 === 0));
      if (round % 2 === 0) await turn();
      for (const one of open) {
        if (one.sink.isOver) open.delete(one);
        else if (round % 7 === 3) {
          open.delete(one);
          one.request.destroy();
        }
      }
    }
    for (const { request } of open) request.destroy();
    for (let round = 0; round < 20; round += 1) await turn();
    assert.equal(pool.size - pool.idle, 0);
    pool.close();
    for (let round = 0; round < 5; round += 1) await turn();
    assert.deepEqual([pool.size, pool.idle, wheel.size], [0, 0, 0]);
  });
});
