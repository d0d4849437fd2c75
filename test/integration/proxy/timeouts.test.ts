import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const get = 'GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n';

/** Waits for longer than any of the time-outs below, which are looked at in ticks of a tenth of a second. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('clients that are slow', { concurrency: true }, () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench(
      {
        nginx_http_client_header_timeout: '600ms',
        nginx_http_client_body_timeout: '600ms',
        nginx_http_keepalive_timeout: '600ms',
        nginx_http_send_timeout: '600ms',
      },
      { retries: 0, write_timeout: 60_000, read_timeout: 60_000 },
    );
  });
  after(() => bench.close());

  it('are answered with 408 when their head does not come to its end', async () => {
    for (const part of ['G', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n']) {
      const client = await bench.gateway.connect();
      client.send(part);
      assertOwnAnswer(await client.answer(), 408, 'Request timeout');
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
    }
  });

  it('are not saved by sending a byte now and then', async () => {
    const client = await bench.gateway.connect();
    const dribble = setInterval(() => client.send('x'), 50);
    client.send('GET /');
    try {
      assertOwnAnswer(await client.answer(), 408, 'Request timeout');
    } finally {
      clearInterval(dribble);
      client.close();
    }
  });

  it('are left without an answer when they ask nothing', async () => {
    const fresh = await bench.gateway.connect();
    assert.deepEqual(await fresh.closed(), { ending: 'end', rest: '' });
    const idle = await bench.gateway.connect();
    assert.equal((await idle.ask(get)).status, 200);
    assert.deepEqual(await idle.closed(), { ending: 'end', rest: '' });
    const secure = await bench.gateway.connect({ tls: {} });
    assert.deepEqual(await secure.closed(), { ending: 'end', rest: '' });
  });

  it('are answered with 408 when a later head does not come to its end', async () => {
    const client = await bench.gateway.connect();
    assert.equal((await client.ask(get)).status, 200);
    client.send('GET /t/y HTT');
    assertOwnAnswer(await client.answer(), 408, 'Request timeout');
    client.close();
  });

  it('are answered with 408 when their body pauses for too long, and the upstream is let go', async () => {
    for (const [length, part] of [
      ['Content-Length: 100000', 'part'],
      ['Transfer-Encoding: chunked', '4\r\npart\r\n'],
    ]) {
      const index = bench.upstream.connections.length;
      const client = await bench.gateway.connect();
      client.send(`POST /t/slow HTTP/1.1\r\nHost: a\r\n${length}\r\n\r\n${part}`);
      const answer = await client.answer('POST');
      assertOwnAnswer(answer, 408, 'Request timeout');
      assert.equal(answer.header('connection'), 'close');
      client.close();
      const sides = bench.upstream.connections.slice(index);
      const side = sides.find((one) => one.reader.text.includes('/u/slow'));
      await side?.gone();
    }
  });

  it('may take their time over a body as long as it goes on', async () => {
    const client = await bench.gateway.connect();
    client.send('POST /t/steady HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n');
    for (let part = 0; part < 12; part += 1) {
      await pause(150);
      client.send('x');
    }
    assert.equal((await client.answer('POST')).text, 'POST /u/steady 12');
    client.close();
  });

  it('may take their time over an answer that was gathered before, as long as they go on', async () => {
    const length = 60_000_000;
    const patient = await startBench(
      {
        nginx_http_send_timeout: '1500ms',
        nginx_http_keepalive_timeout: '1500ms',
        nginx_http_client_body_buffer_size: '64m',
        plugins: 'bundled,probe',
      },
      { retries: 0 },
    );
    await patient.gateway.admin('POST', '/plugins', { name: 'probe', config: { phase: 'access', does: 'buffer' } });
    patient.upstream.script = async (side) => {
      await side.request();
      await side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      await side.send(Buffer.alloc(length, 'x'));
      await side.answerAll();
    };
    const client = await patient.gateway.connect();
    client.reader.forget();
    client.send(get);
    await client.reader.hasMore();
    // A sip now and then, each within the time-out, over much longer than that.
    let upTo = 0;
    const sip = (): void => {
      if (client.reader.received >= upTo) client.socket.pause();
    };
    client.socket.on('data', sip);
    for (let round = 0; round < 20; round += 1) {
      upTo = client.reader.received + 1_500_000;
      client.socket.resume();
      await pause(250);
    }
    assert.ok(client.reader.received < length - 10_000_000);
    client.socket.off('data', sip);
    client.socket.resume();
    assert.equal((await client.answer()).body.length, length);
    client.close();
    await patient.close();
  });

  it('are cut off when they take nothing of their answer', async () => {
    const big = await startBench({ nginx_http_send_timeout: '600ms' }, { retries: 0 });
    big.upstream.script = async (side) => {
      await side.request();
      await side.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n');
      const block = Buffer.alloc(1_000_000);
      for (let part = 0; part < 100 && !side.socket.destroyed; part += 1) await side.send(block);
    };
    const client = await big.gateway.connect();
    client.reader.forget();
    client.send(get);
    await client.reader.hasMore();
    client.socket.pause();
    await big.upstream.connections.at(-1)!.gone();
    client.close();
    await big.close();
  });
});

describe('slow clients before patient services', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({}, { retries: 0, write_timeout: 400, read_timeout: 400, connect_timeout: 400 });
  });
  beforeEach(() => {
    bench.answerAll();
    return bench.dropConnections();
  });
  after(() => bench.close());

  it('are not taken for an upstream that is slow to write to', async () => {
    const client = await bench.gateway.connect();
    client.send('POST /t/pause HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n');
    client.send('x'.repeat(50_000));
    await pause(3000);
    client.send('x'.repeat(50_000));
    assert.equal((await client.answer('POST')).text, 'POST /u/pause 100000');
    client.close();
  });

  it('are not taken for an upstream that is slow to answer', async () => {
    const length = 40_000_000;
    bench.upstream.script = async (side) => {
      await side.request();
      await side.send(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`);
      const block = Buffer.alloc(1_000_000);
      for (let part = 0; part < 40; part += 1) await side.send(block);
      await side.answerAll();
    };
    const client = await bench.gateway.connect();
    client.reader.forget();
    client.send(get);
    await client.reader.hasMore();
    client.socket.pause();
    await pause(3000);
    client.socket.resume();
    assert.equal((await client.answer()).body.length, length);
    client.close();
  });

  it('are not needed for an upstream that takes its time over a long request', async () => {
    const length = 60_000_000;
    const patient = await startBench(
      { nginx_http_client_body_buffer_size: '64m', plugins: 'bundled,probe' },
      { retries: 0, write_timeout: 1500, read_timeout: 1500 },
    );
    await patient.gateway.admin('POST', '/plugins', { name: 'probe', config: { phase: 'access', does: 'read' } });
    patient.upstream.script = async (side) => {
      side.reader.forget();
      await side.head();
      for (let round = 0; round < 20; round += 1) {
        const upTo = side.reader.received + 1_500_000;
        side.socket.resume();
        while (side.reader.received < upTo) await new Promise(setImmediate);
        side.socket.pause();
        await pause(200);
      }
      side.socket.resume();
      while (side.reader.received < length) await new Promise(setImmediate);
      await side.answer('200 OK', 'at last');
    };
    const client = await patient.gateway.connect();
    client.send(`POST /t/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    client.send(Buffer.alloc(length, 'x'));
    assert.equal((await client.answer('POST')).text, 'at last');
    client.close();
    await patient.close();
  });

  it('are answered with 504 when the upstream takes nothing of the request', async () => {
    bench.upstream.script = async (side) => {
      await side.head();
      side.socket.pause();
    };
    const client = await bench.gateway.connect();
    const block = Buffer.alloc(1_000_000);
    client.send('POST /t/stuck HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\n');
    const sending = (async () => {
      for (let part = 0; part < 200 && client.socket.writable; part += 1) {
        await new Promise<void>((resolve) => client.socket.write(block, () => resolve()));
      }
    })();
    assertOwnAnswer(await client.answer('POST'), 504, 'The upstream server is timing out');
    client.close();
    await sending;
    const side = bench.upstream.connections.at(-1)!;
    side.socket.resume();
    await side.gone();
  });
});
