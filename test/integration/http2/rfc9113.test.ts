import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { connectRaw } from '../../support/raw-client.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { connectFrames, type FrameClient, say } from './frame-client.ts';
import { protocolCases } from './rfc9113.cases.ts';

let gateway: InProcessGateway;
let upstream: ScriptedUpstream;

/** What came of a case: GOAWAY, or where that is not waited for the first RST_STREAM or answer. */
async function outcome(client: FrameClient, isFatal: boolean): Promise<string> {
  for (;;) {
    const found = await client.next();
    if (found === undefined) return 'closed';
    if (found.type === 7 && found.payload.readUInt32BE(0) !== 0x7fff_ffff) return say(found).replace(/ \d+/, '');
    if (isFatal) continue;
    if (found.type === 3) return say(found);
    if (found.type === 1) {
      const status = found.fields!.find(([name]) => name === ':status')?.[1];
      return `${found.stream} ${status}`;
    }
  }
}

describe('RFC 9113 at the listener', () => {
  before(async () => {
    gateway = await startTestGateway({ proxy_listen: '127.0.0.1:0 http2 reuseport' });
    // What is asked for below /slow is never answered.
    upstream = await startUpstream((side) => side.answerAll(({ target }) => (target === '/slow' ? '' : undefined)));
    await createRoute(gateway, upstream.port, '/', {}, { strip_path: false });
  });
  after(async () => {
    await gateway.stop();
    // Not close: a script that waits for more than it gets is a fault elsewhere, but not here.
    for (const { socket } of upstream.connections) socket.destroy();
    await upstream.stopListening();
  });

  for (const { section, name, sends, expects } of protocolCases) {
    it(`${section}: ${name}`, async () => {
      const client = await connectFrames(gateway.port);
      client.open().send(...sends);
      const isFatal = expects.startsWith('GOAWAY');
      assert.equal(await outcome(client, isFatal), expects);
      if (isFatal) assert.equal(await client.next(), undefined);
      else await client.ping();
      client.close();
    });
  }

  it('3.4: what is neither the preface nor a request of HTTP/1', async () => {
    const client = await connectRaw({ port: gateway.port });
    client.send('INVALID CONNECTION PREFACE\r\n\r\n');
    assert.equal((await client.closed()).rest, '');
    const other = await connectRaw({ port: gateway.port });
    assert.equal((await other.ask('GET /x HTTP/3.0\r\nHost: a\r\n\r\n')).status, 505);
    other.close();
  });

  it('3.4: a first frame other than SETTINGS', async () => {
    const client = await connectFrames(gateway.port);
    client.send(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 6, 0, 0, 0, 0, 0]));
    assert.equal(await outcome(client, true), 'GOAWAY PROTOCOL_ERROR');
    client.close();
  });
});
