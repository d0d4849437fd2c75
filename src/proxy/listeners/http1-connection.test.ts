import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { defaultHeadLimits } from '../../http1/index.ts';
import { createManualClock, createTimerWheel, type ManualClock, silentLogger } from '../../kernel/index.ts';
import type { BodySink, ClientConnection } from '../downstream.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { Http1Connection } from './http1-connection.ts';
import { createReadBuffers } from './read-buffers.ts';

/** A socket that notes what is written to it; `writableLength` is set by the test. */
class FakeSocket extends EventEmitter {
  written = '';
  writableLength = 0;
  writableNeedDrain = false;
  readonly writableHighWaterMark = 16_384;
  resumed = 0;
  ended: 'end' | 'soon' | 'now' | undefined = undefined;

  write(data: string | Uint8Array): boolean {
    this.written += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
    return true;
  }

  resume(): void {
    this.resumed += 1;
  }

  end(): void {
    this.ended = 'end';
  }

  destroySoon(): void {
    this.ended ??= 'soon';
  }

  destroy(): void {
    this.ended = 'now';
  }

  resetAndDestroy(): void {
    this.ended = 'now';
  }
}

interface Bench {
  readonly connection: Http1Connection;
  readonly socket: FakeSocket;
  readonly clock: ManualClock;
  readonly gone: Http1Connection[];
  /** Lets bytes arrive as the listener does, in the buffer that the connection asked for; tells whether to read on. */
  arrive(text: string, buffer?: Buffer): boolean;
  /** Moves time, with all ticks on the way. */
  wait(ms: number): void;
}

const client = {
  remoteAddress: '10.0.0.9',
  remotePort: 1234,
  localPort: 8000,
  forwardedPort: 8000,
  scheme: 'http',
  isTrusted: false,
} as ClientConnection;

/** A connection whose requests stop in the rewrite phase, so that the test itself plays what comes behind it. */
function open(): Bench {
  const clock = createManualClock();
  const wheel = createTimerWheel({ clock });
  const none = { rewrite: [], certificate: [], headerFilter: [], bodyFilter: [], response: [], log: [] };
  const waiting = { rewrite: () => new Promise<void>(() => {}) };
  const runtime = {
    wheel,
    clock,
    logger: silentLogger,
    counters: { accepted() {}, closed() {}, requested() {} },
    snapshot: { globalPlan: { ...none, rewrite: [waiting] } },
    settings: {
      headLimits: defaultHeadLimits,
      headerTimeout: 5000,
      bodyTimeout: 5000,
      sendTimeout: 5000,
      keepAliveTimeout: 8000,
      keepAliveRequests: 1000,
      maxBodySize: 0,
      serverToken: 'gibbon/test',
      errorDefaultFormat: 'plain',
      sends: { server: true, requestId: false, responseLatency: false },
    },
    date: () => 'now',
  } as unknown as ProxyRuntime;
  const socket = new FakeSocket();
  const buffers = createReadBuffers();
  const gone: Http1Connection[] = [];
  const connection = new Http1Connection(runtime, socket as unknown as Socket, client, buffers, (one) =>
    gone.push(one),
  );
  return {
    connection,
    socket,
    clock,
    gone,
    arrive(text, buffer = connection.nextBuffer() ?? buffers.shared) {
      const length = buffer.write(text, 'latin1');
      assert.equal(length, text.length);
      return connection.onRead(buffer, length);
    },
    wait(ms) {
      for (let passed = 0; passed < ms; passed += 100) {
        clock.advance(100);
        wheel.tick();
      }
    },
  };
}

interface Heard extends BodySink {
  text: string;
  isOver: boolean;
  fault: number;
  readonly buffers: Buffer[];
}

function hear(): Heard {
  return {
    text: '',
    isOver: false,
    fault: 0,
    buffers: [],
    onBody(bytes, start, end, isLast) {
      this.text += bytes.toString('latin1', start, end);
      this.buffers.push(bytes);
      if (isLast) this.isOver = true;
    },
    onBodyEnd() {
      this.isOver = true;
    },
    onBodyFault(status) {
      this.fault = status;
    },
  };
}

describe('Http1Connection', () => {
  it('hands a body over as it comes, and holds back while it is paused', () => {
    const { connection, socket, arrive } = open();
    assert.ok(arrive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc') === false);
    const sink = hear();
    connection.readBody(sink);
    assert.equal(sink.text, 'abc');
    assert.equal(socket.resumed, 1);
    connection.pauseBody();
    assert.equal(arrive('def'), false);
    assert.equal(sink.text, 'abc');
    connection.resumeBody();
    assert.equal(sink.text, 'abcdef');
    assert.equal(socket.resumed, 2);
    assert.ok(arrive('ghi'));
    assert.equal(sink.text, 'abcdefghi');
    assert.ok(sink.isOver);
  });

  it('never reads into a buffer that the last run of a body may still stand in', () => {
    const { connection, arrive } = open();
    arrive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n');
    const sink = hear();
    connection.readBody(sink);
    const own = connection.nextBuffer();
    assert.ok(own !== undefined);
    arrive('x'.repeat(60_000));
    assert.ok(sink.isOver);
    assert.equal(sink.buffers[0], own);
    assert.notEqual(connection.nextBuffer(), own);
  });

  it('copies long runs that stand in the buffer of all connections', () => {
    const { connection, arrive } = open();
    const shared = Buffer.alloc(65_536);
    arrive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n', shared);
    const sink = hear();
    connection.readBody(sink);
    arrive('y'.repeat(40_000));
    assert.equal(sink.text, 'y'.repeat(40_000));
  });

  it('waits with the next request until this one is answered', () => {
    const { connection, socket, arrive } = open();
    const next = 'GET /b HTTP/1.1\r\nHost: a\r\n\r\n';
    assert.equal(arrive(`GET /a HTTP/1.1\r\nHost: a\r\n\r\n${next}`), false);
    assert.equal(connection.requestCount, 1);
    connection.sendHead('200 OK', '', 2);
    connection.sendText('ok');
    connection.sendEnd('');
    connection.flush();
    connection.finish();
    assert.equal(connection.requestCount, 2);
    assert.equal(socket.written, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok');
    assert.equal(socket.resumed, 1);
  });

  it('ends with the answer that is under way when it is drained', () => {
    const { connection, socket, arrive } = open();
    arrive('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    connection.sendHead('200 OK', '', 4);
    connection.sendText('ok');
    connection.flush();
    connection.drain();
    assert.equal(socket.ended, undefined);
    connection.sendText('ok');
    connection.sendEnd('');
    connection.flush();
    connection.finish();
    assert.equal(socket.ended, 'soon');
  });

  it('says so when it is drained before the answer begins', () => {
    const { connection, socket, arrive } = open();
    arrive('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    connection.drain();
    connection.sendHead('200 OK', '', 0);
    connection.sendEnd('');
    connection.flush();
    connection.finish();
    assert.match(socket.written, /\r\nConnection: close\r\n/);
    assert.equal(socket.ended, 'soon');
  });

  it('gives a new connection a second when it is drained', () => {
    const { connection, socket, wait } = open();
    connection.drain();
    wait(700);
    assert.equal(socket.ended, undefined);
    wait(600);
    assert.equal(socket.ended, 'now');
  });

  it('never looks complete when its answer is not', () => {
    const framings: readonly (readonly [length: number, version: string, ended: string])[] = [
      [10, '1.1', 'soon'],
      [-1, '1.1', 'soon'],
      // Only a reset tells that a body has ended early which ends with the connection.
      [-1, '1.0', 'now'],
    ];
    for (const [length, version, ended] of framings) {
      const { connection, socket, arrive } = open();
      arrive(`GET /a HTTP/${version}\r\nHost: a\r\n\r\n`);
      connection.sendHead('200 OK', '', length);
      connection.sendText('half');
      connection.abort();
      connection.finish();
      assert.equal(socket.ended, ended);
      assert.ok(!socket.written.endsWith('0\r\n\r\n'));
    }
  });

  it('closes for good once, whatever is called afterwards', () => {
    const { connection, socket, arrive, gone } = open();
    arrive('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.emit('close');
    socket.emit('error', new Error('late'));
    connection.destroy();
    assert.deepEqual(gone, [connection]);
    const { written } = socket;
    connection.sendHead('200 OK', '', 2);
    connection.sendText('ok');
    connection.sendEnd('');
    assert.ok(connection.flush());
    connection.finish();
    assert.equal(socket.written, written);
  });

  it('tells the sink of a body that stalls', () => {
    const { connection, arrive, wait } = open();
    arrive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    const sink = hear();
    connection.readBody(sink);
    wait(4000);
    arrive('d');
    wait(4000);
    assert.equal(sink.fault, 0);
    wait(3000);
    assert.equal(sink.fault, 408);
  });

  it('does not count the time in which it holds the client back', () => {
    const { connection, arrive, wait } = open();
    arrive('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
    const sink = hear();
    connection.readBody(sink);
    connection.pauseBody();
    wait(20_000);
    connection.resumeBody();
    wait(3000);
    assert.equal(sink.fault, 0);
  });

  it('cuts off a client that takes nothing', () => {
    const { connection, socket, arrive, wait } = open();
    arrive('GET /a HTTP/1.1\r\nHost: a\r\n\r\n');
    connection.sendHead('200 OK', '', 100_000);
    connection.sendText('x'.repeat(50_000));
    socket.writableLength = 50_000;
    socket.writableNeedDrain = true;
    assert.equal(connection.flush(), false);
    wait(4000);
    assert.equal(socket.ended, undefined);
    wait(3000);
    assert.equal(socket.ended, 'now');
  });

  it('answers a head that does not come to its end with 408', () => {
    const { socket, arrive, wait } = open();
    arrive('GET / HTTP/1.1\r\n');
    wait(7000);
    assert.match(socket.written, /^HTTP\/1\.1 408 Request Timeout\r\n/);
    assert.equal(socket.ended, 'end');
  });
});
