import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { binaryHeader } from '../../../src/proxy/listeners/proxy-protocol/header.cases.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';

const client = Buffer.from([203, 0, 113, 9, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb]);
const request = 'GET /seen HTTP/1.1\r\nHost: a.test\r\nX-Real-IP: 9.9.9.9\r\nConnection: close\r\n\r\n';

/** Sends pieces with turns of the loop between them and returns everything that came back. */
async function talk(port: number, pieces: readonly (string | Uint8Array)[], tls = false): Promise<string> {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  raw.on('error', () => {});
  await once(raw, 'connect');
  let received = '';
  const ended = once(raw, 'close');
  for (const piece of tls ? pieces.slice(0, -1) : pieces) {
    if (raw.destroyed) break;
    await new Promise<void>((resolve) => raw.write(piece, () => setImmediate(resolve)));
  }
  const socket = tls ? connectTls({ socket: raw, rejectUnauthorized: false, servername: 'a.test' }) : raw;
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  if (tls) socket.write(pieces.at(-1)!);
  await ended;
  return received;
}

/** Asks over TLS, where the first packet is header and ClientHello up to `cut`, and the rest comes a turn later. */
async function talkTls(port: number, header: Uint8Array, cut: number): Promise<string> {
  const raw = connectTcp({ port, host: '127.0.0.1', noDelay: true });
  raw.on('error', () => {});
  await once(raw, 'connect');
  let before = header;
  const wire = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      const bytes = Buffer.concat([before, chunk]);
      const end = before.length === 0 ? bytes.length : Math.min(cut, bytes.length);
      before = Buffer.alloc(0);
      raw.write(bytes.subarray(0, end), () => {
        setImmediate(() => (end === bytes.length ? done() : raw.write(bytes.subarray(end), () => done())));
      });
    },
  });
  raw.on('data', (bytes) => wire.push(bytes)).on('close', () => wire.push(null));
  const socket = connectTls({ socket: wire, rejectUnauthorized: false, servername: 'a.test' });
  let received = '';
  socket.on('error', () => {}).setEncoding('latin1');
  socket.on('data', (text: string) => {
    received += text;
  });
  socket.write(request);
  await once(raw, 'close');
  await new Promise<void>((resolve) => setImmediate(resolve));
  return received;
}

describe('PROXY protocol on proxy_listen', () => {
  let gateway: InProcessGateway;
  let upstream: Server;
  before(async () => {
    upstream = createServer((asked, answer) => {
      const { headers } = asked;
      answer.end(`${headers['x-real-ip']} ${headers['x-forwarded-for']} ${headers['x-forwarded-port']}`);
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    gateway = await startTestGateway({
      proxy_listen: '127.0.0.1:0 proxy_protocol, 127.0.0.1:0 ssl http2 proxy_protocol',
      trusted_ips: '127.0.0.1',
      real_ip_header: 'proxy_protocol',
      nginx_http_client_header_timeout: '300ms',
    });
    await createRoute(gateway, (upstream.address() as AddressInfo).port, '/seen');
  });
  after(async () => {
    await gateway.stop();
    upstream.close();
  });

  const bodyOf = (answer: string): string => answer.slice(answer.lastIndexOf('\n') + 1);

  it('takes the address of the client from a header of either version', async () => {
    const one = await talk(gateway.port, [`PROXY TCP4 203.0.113.9 198.51.100.7 12345 443\r\n${request}`]);
    assert.match(bodyOf(one), /^203\.0\.113\.9 127\.0\.0\.1 \d+$/);
    const two = await talk(gateway.port, [Buffer.concat([binaryHeader(0x21, 0x11, client), Buffer.from(request)])]);
    assert.match(bodyOf(two), /^203\.0\.113\.9 127\.0\.0\.1 \d+$/);
  });

  it('keeps the peer where the header names nobody', async () => {
    const said = await talk(gateway.port, [`PROXY UNKNOWN\r\n${request}`]);
    assert.match(bodyOf(said), /^127\.0\.0\.1 127\.0\.0\.1 \d+$/);
    const local = await talk(gateway.port, [binaryHeader(0x20, 0, Buffer.alloc(0)), request]);
    assert.match(bodyOf(local), /^127\.0\.0\.1 127\.0\.0\.1 \d+$/);
  });

  it('takes headers that come in two pieces, wherever they are cut', async () => {
    const whole = Buffer.concat([binaryHeader(0x21, 0x11, client), Buffer.from(request)]);
    for (let at = 1; at < 40; at += 1) {
      const answer = await talk(gateway.port, [whole.subarray(0, at), whole.subarray(at)]);
      assert.match(bodyOf(answer), /^203\.0\.113\.9 /, `cut at ${at}`);
    }
    const [first, ...others] = request.split(/(?<=\n)/);
    for (let round = 0; round < 100; round += 1) {
      const answer = await talk(gateway.port, [`PROXY UNKNOWN\r\n${first}`, ...others]);
      assert.match(bodyOf(answer), /^127\.0\.0\.1 /, `round ${round}`);
    }
  });

  it('stands before TLS', async () => {
    const answer = await talk(gateway.tlsPort, ['PROXY TCP6 2001:db8::9 ::1 12345 443\r\n', request], true);
    assert.match(bodyOf(answer), /^2001:db8::9 127\.0\.0\.1 \d+$/);
  });

  it('stands before a ClientHello that is read for its name, wherever the two are cut', async () => {
    const header = binaryHeader(0x21, 0x11, client);
    const cuts = [...Array.from({ length: header.length + 8 }, (_, at) => at + 1), header.length + 200, 65_536];
    for (const readsNames of [false, true]) {
      if (readsNames) await gateway.admin('POST', '/routes', { protocols: ['https'], snis: ['other.test'] });
      for (const cut of cuts) {
        const answer = await talkTls(gateway.tlsPort, header, cut);
        assert.match(bodyOf(answer), /^203\.0\.113\.9 127\.0\.0\.1 \d+$/, `cut at ${cut}`);
      }
    }
  });

  it('refuses connections without a header, and such whose header does not come', async () => {
    assert.equal(await talk(gateway.port, [request]), '');
    await gateway.waitForLog(/PROXY protocol header of "127\.0\.0\.1": no header/);
    assert.equal(await talk(gateway.port, ['PROXY TCP4 203.0.113.9']), '');
    await gateway.waitForLog(/PROXY protocol header of "127\.0\.0\.1": it did not come/);
  });

  it('lets go of connections that say nothing when it ends', async () => {
    const raw = connectTcp({ port: gateway.port, host: '127.0.0.1' });
    await once(raw, 'connect');
    raw.on('error', () => {});
    const closed = once(raw, 'close');
    await gateway.running.reload(gateway.settings({ trusted_ips: '10.0.0.1', port_maps: `65001:${gateway.port}` }));
    await closed;
    // Now the peer is not trusted any more: the header must be there, and does not count.
    const answer = await talk(gateway.port, [`PROXY TCP4 203.0.113.9 198.51.100.7 12345 443\r\n${request}`]);
    assert.equal(bodyOf(answer), '127.0.0.1 127.0.0.1 65001');
  });
});
