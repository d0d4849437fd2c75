import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { RawClient } from '../../support/raw-client.ts';
import type { UpstreamSide } from '../../support/scripted-upstream.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const asking =
  'GET /t/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n';
const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n';

describe('tunnels', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({}, { retries: 0, read_timeout: 30_000 });
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  after(() => bench.close());

  /** Switches, and hands back both ends. `early` are bytes that the upstream sends together with its head. */
  async function open(early = '', tls = false): Promise<{ client: RawClient; side: UpstreamSide }> {
    bench.upstream.script = async (side) => {
      await side.head();
      await side.send(switching + early);
    };
    const client = await bench.gateway.connect(tls ? { tls: {} } : {});
    const answer = await client.ask(asking);
    assert.equal(answer.status, 101);
    assert.equal(answer.header('upgrade'), 'websocket');
    assert.equal(answer.header('connection'), 'upgrade');
    assert.equal(answer.header('sec-websocket-accept'), 'x');
    assert.match(answer.header('x-kong-request-id')!, /^[0-9a-f]{32}$/);
    return { client, side: bench.upstream.connections.at(-1)! };
  }

  it('ask the upstream for WebSocket and carry bytes both ways', async () => {
    for (const tls of [false, true]) {
      const { client, side } = await open('', tls);
      assert.match(side.reader.text, /\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n/);
      assert.match(side.reader.text, /\r\nSec-WebSocket-Key: k\r\n/);
      for (let round = 0; round < 5; round += 1) {
        client.send(`ping-${round}.`);
        assert.equal((await side.reader.exactly(7, 'a ping')).toString(), `ping-${round}.`);
        await side.send(`pong-${round}.`);
        assert.equal((await client.reader.exactly(7, 'a pong')).toString(), `pong-${round}.`);
      }
      // What looks like HTTP is not HTTP here.
      const text = 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n';
      client.send(text);
      assert.equal((await side.reader.exactly(text.length, 'bytes')).toString(), text);
      client.close();
      assert.equal(await side.gone(), 'end');
    }
    bench.answerAll();
    await bench.assertSound();
  });

  it('are opened behind chunked answers on the same connection', async () => {
    bench.upstream.script = async (side) => {
      await side.request();
      await side.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n');
      await side.head();
      await side.send(`${switching}first`);
    };
    const client = await bench.gateway.connect();
    assert.equal((await client.ask('GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'ok');
    assert.equal((await client.ask(asking)).status, 101);
    assert.equal((await client.reader.exactly(5, 'bytes')).toString(), 'first');
    client.close();
    await bench.upstream.connections.at(-1)!.gone();
  });

  it('carry bytes that came together with the heads', async () => {
    bench.upstream.script = async (side) => {
      await side.head();
      await side.send(`${switching}first`);
    };
    const client = await bench.gateway.connect();
    client.send(`${asking}early`);
    assert.equal((await client.answer()).status, 101);
    const side = bench.upstream.connections.at(-1)!;
    assert.equal((await client.reader.exactly(5, 'bytes')).toString(), 'first');
    assert.equal((await side.reader.exactly(5, 'bytes')).toString(), 'early');
    client.close();
    await side.gone();
  });

  it('end at one side when the other side ends', async () => {
    for (const how of ['end', 'reset'] as const) {
      const one = await open();
      one.client[how]();
      await one.side.gone();
      const other = await open();
      await other.side.send('last');
      // The bytes before the end still arrive.
      await other.client.reader.until((text) => text.endsWith('last'), 'the last bytes');
      other.side[how]();
      assert.equal((await other.client.closed()).rest, 'last');
    }
    bench.answerAll();
    await bench.assertSound();
  });

  it('carry much, both ways at once, though both sides are slow', async () => {
    const block = randomBytes(1_000_003);
    const rounds = 24;
    const expected = createHash('sha1');
    for (let round = 0; round < rounds; round += 1) expected.update(block);
    const whole = expected.digest('hex');
    const { client, side } = await open();
    client.reader.forget();
    side.reader.forget();
    client.socket.pause();
    side.socket.pause();
    for (let round = 0; round < rounds; round += 1) {
      client.send(block);
      void side.send(block);
    }
    // Both ways are full before anybody reads.
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    client.socket.resume();
    side.socket.resume();
    const read = async (reader: RawClient['reader']): Promise<string> => {
      const hash = createHash('sha1');
      let left = block.length * rounds;
      while (left > 0) {
        const bytes = await reader.exactly(Math.min(left, 300_000), 'the stream');
        hash.update(bytes);
        left -= bytes.length;
      }
      return hash.digest('hex');
    };
    assert.deepEqual(await Promise.all([read(client.reader), read(side.reader)]), [whole, whole]);
    client.close();
    await side.gone();
  });

  it('are not opened to any other protocol', async () => {
    const requests = [
      'GET /t/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      'GET /t/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n',
      'GET /t/ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n',
      'GET /t/ws HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ];
    for (const request of requests) {
      bench.upstream.script = async (side) => {
        await side.head();
        await side.send(switching);
      };
      const client = await bench.gateway.connect();
      assertOwnAnswer(await client.ask(request), 502, 'An invalid response was received from the upstream server');
      const side = bench.upstream.connections.at(-1)!;
      await side.gone();
      assert.ok(!/upgrade|http2-settings/i.test(side.reader.text), side.reader.text);
      client.close();
    }
    bench.answerAll();
    await bench.assertSound();
  });

  it('are not opened while the request is not whole', async () => {
    bench.upstream.script = async (side) => {
      await side.head();
      await side.send(switching);
    };
    const client = await bench.gateway.connect();
    client.send(asking.replace('GET', 'POST').replace('Host', 'Content-Length: 30000\r\nHost'));
    assertOwnAnswer(await client.answer('POST'), 502, 'An invalid response was received from the upstream server');
    await bench.upstream.connections.at(-1)!.gone();
    client.close();
    bench.answerAll();
    await bench.assertSound();
  });

  it('give way to a plain answer', async () => {
    bench.upstream.script = async (side) => {
      await side.head();
      await side.answer('403 Forbidden', 'no');
      await side.answerAll();
    };
    const client = await bench.gateway.connect();
    const answer = await client.ask(asking);
    assert.equal(answer.status, 403);
    assert.equal(answer.text, 'no');
    assert.equal((await client.ask('GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'ok');
    client.close();
  });
});
