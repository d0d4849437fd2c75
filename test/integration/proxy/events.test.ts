import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { type Bench, startBench } from './bench.ts';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';
const event = (at: number): string => `id: ${at}\ndata: event ${at}\n\n`;

describe('server-sent events', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ proxy_listen: '127.0.0.1:0 http2 reuseport, 127.0.0.1:0 ssl http2 reuseport' });
  });
  after(() => bench.close());

  /** Sends an event only after the one before has arrived. */
  async function run(isChunked: boolean, read: (text: string) => Promise<void>): Promise<void> {
    const side = bench.upstream.connections.at(-1)!;
    for (let at = 0; at < 20; at += 1) {
      const text = event(at);
      await side.send(isChunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text);
      await read(text);
    }
  }

  for (const isChunked of [true, false]) {
    const framing = isChunked ? 'in chunks' : 'until the connection ends';
    it(`arrive one by one over HTTP/1.1 when they come ${framing}`, async () => {
      bench.upstream.script = async (side) => {
        await side.head();
        await side.send(`${head}${isChunked ? 'Transfer-Encoding: chunked' : 'Connection: close'}\r\n\r\n`);
      };
      const client = await bench.gateway.connect();
      client.send('GET /t/events HTTP/1.1\r\nHost: a\r\n\r\n');
      const answer = await client.reader.head('an answer');
      assert.equal(answer.header('content-type'), 'text/event-stream');
      await run(isChunked, async (text) => {
        const size = `${text.length.toString(16)}\r\n`;
        const got = await client.reader.exactly(size.length + text.length + 2, 'an event');
        assert.equal(got.toString(), `${size}${text}\r\n`);
      });
      client.close();
    });

    for (const isSecure of [false, true]) {
      it(`arrive one by one over HTTP/2 ${isSecure ? 'with' : 'without'} TLS when they come ${framing}`, async () => {
        bench.upstream.script = async (side) => {
          await side.head();
          await side.send(`${head}${isChunked ? 'Transfer-Encoding: chunked' : 'Connection: close'}\r\n\r\n`);
        };
        const { gateway } = bench;
        const session = connect(
          isSecure ? `https://127.0.0.1:${gateway.tlsPort}` : `http://127.0.0.1:${gateway.port}`,
          { rejectUnauthorized: false },
        );
        const stream = session.request({ ':path': '/t/events' });
        await once(stream, 'response');
        let seen = '';
        stream.on('data', (part: Buffer) => {
          seen += part.toString();
        });
        await run(isChunked, async (text) => {
          while (seen.length < text.length) await once(stream, 'data');
          assert.equal(seen, text);
          seen = '';
        });
        session.destroy();
      });
    }
  }
});
