import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { type CertificatePair, generateSelfSigned } from '../../../src/tls/self-signed.ts';
import { createRoute } from '../../support/gateway.ts';
import { connectRaw, type RawClient } from '../../support/raw-client.ts';
import { type ScriptedUpstream, startUpstream } from '../../support/scripted-upstream.ts';
import { upstreamAuthority, upstreamPair } from '../../support/upstream-pems.ts';
import { assertOwnAnswer, type Bench, startBench } from './bench.ts';

const badGateway = 'An invalid response was received from the upstream server';

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

function pair(commonName: string): Promise<CertificatePair> {
  return generateSelfSigned({ commonName, days: 1, keyType: 'ec' });
}

function shown(client: RawClient): PeerCertificate {
  return (client.socket as TLSSocket).getPeerCertificate();
}

function fingerprint({ cert }: CertificatePair): string {
  return new X509Certificate(cert).fingerprint256;
}

describe('TLS towards clients', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ nginx_worker_processes: '2' });
  });
  after(() => bench.close());

  async function servedAs(servername?: string): Promise<string> {
    const client = await bench.gateway.connect({ tls: servername === undefined ? {} : { servername } });
    const { fingerprint256 } = shown(client);
    assert.equal((await client.ask(get('/t/x'))).text, 'GET /u/x 0');
    client.close();
    return fingerprint256;
  }

  it('shows a certificate of its own where there is none for the name', async () => {
    const client = await bench.gateway.connect({ tls: { servername: 'unknown.test' } });
    const { subject, issuer } = shown(client);
    assert.deepEqual(subject, issuer);
    client.close();
    assert.equal(await servedAs(), await servedAs('other.test'));
  });

  it('shows the certificate of the name on all workers as soon as it is there', async () => {
    const standard = await servedAs();
    const [one, two] = await Promise.all([pair('one.test'), pair('two.test')]);
    const made = await bench.gateway.admin('POST', '/certificates', {
      cert: one.cert,
      key: one.key,
      snis: ['one.test', '*.wild.test'],
    });
    for (let round = 0; round < 6; round += 1) {
      assert.equal(await servedAs('one.test'), fingerprint(one));
      assert.equal(await servedAs('any.wild.test'), fingerprint(one));
      assert.equal(await servedAs('two.test'), standard);
    }
    await bench.gateway.admin('PATCH', `/certificates/${made.body.id}`, { cert: two.cert, key: two.key });
    for (let round = 0; round < 6; round += 1) assert.equal(await servedAs('one.test'), fingerprint(two));
    await bench.gateway.admin('DELETE', `/certificates/${made.body.id}`);
    for (let round = 0; round < 6; round += 1) assert.equal(await servedAs('one.test'), standard);
  });

  it('keeps connections alive and answers pipelined requests in order', async () => {
    const client = await bench.gateway.connect({ tls: {} });
    for (let at = 0; at < 20; at += 1) assert.equal((await client.ask(get(`/t/${at}`))).text, `GET /u/${at} 0`);
    client.send(Array.from({ length: 40 }, (_, at) => get(`/t/p${at}`)).join(''));
    for (let at = 0; at < 40; at += 1) assert.equal((await client.answer()).text, `GET /u/p${at} 0`);
    client.close();
  });

  it('tells the upstream that the client came over TLS', async () => {
    const client = await bench.gateway.connect({ tls: {} });
    await client.ask(get('/t/x'));
    client.close();
    const seen = bench.requests.at(-1)!;
    assert.equal(seen.header('x-forwarded-proto'), 'https');
    assert.equal(seen.header('x-forwarded-port'), String(bench.gateway.tlsPort));
  });

  it('is not disturbed by clients that speak something else', async () => {
    for (const bytes of [get('/t/x'), '\x16\x03\x01\xff\xff\x01', '\0'.repeat(500)]) {
      const client = await connectRaw(bench.gateway.tlsPort);
      client.send(bytes);
      client.end();
      const { rest } = await client.closed();
      assert.ok(!rest.includes('HTTP/1.1 200'));
    }
    await servedAs();
  });
});

describe('TLS towards upstreams', () => {
  let bench: Bench;
  let upstream: ScriptedUpstream;
  before(async () => {
    bench = await startBench();
    upstream = await startUpstream(undefined, { ...upstreamPair, requestCert: true, rejectUnauthorized: false });
  });
  after(async () => {
    await bench.close();
    await upstream.close();
  });

  async function ask(path: string): Promise<Awaited<ReturnType<RawClient['answer']>>> {
    const client = await bench.gateway.connect();
    const answer = await client.ask(get(path));
    client.close();
    return answer;
  }

  it('takes any certificate unless it is told to verify, and uses connections again', async () => {
    await createRoute(bench.gateway, upstream.port, '/any', { protocol: 'https', host: 'localhost' });
    const from = upstream.connections.length;
    for (let round = 0; round < 5; round += 1) assert.equal((await ask('/any')).text, 'ok');
    assert.equal(upstream.connections.length, from + 1);
    assert.equal((upstream.connections.at(-1)!.socket as TLSSocket & { servername: string }).servername, 'localhost');
  });

  it('refuses a certificate that cannot be verified', async () => {
    await createRoute(bench.gateway, upstream.port, '/strict', {
      protocol: 'https',
      host: 'localhost',
      tls_verify: true,
      retries: 0,
    });
    assertOwnAnswer(await ask('/strict'), 502, badGateway);
  });

  it('takes a certificate that the service trusts, for the name that it was made for', async () => {
    const authority = await bench.gateway.admin('POST', '/ca_certificates', { cert: upstreamAuthority });
    const verified = { protocol: 'https', tls_verify: true, ca_certificates: [authority.body.id], retries: 0 };
    await createRoute(bench.gateway, upstream.port, '/trusted', { ...verified, host: 'localhost' });
    // A connection that was made without a look at the certificate is not used for it.
    assert.equal((await ask('/any')).text, 'ok');
    const from = upstream.connections.length;
    assert.equal((await ask('/trusted')).text, 'ok');
    assert.equal(upstream.connections.length, from + 1);
    await createRoute(bench.gateway, upstream.port, '/stranger', { ...verified, host: '127.0.0.1' });
    assertOwnAnswer(await ask('/stranger'), 502, badGateway);
  });

  it('shows the certificate of the service, over connections of its own', async () => {
    const mine = await pair('client.test');
    const made = await bench.gateway.admin('POST', '/certificates', mine);
    await createRoute(bench.gateway, upstream.port, '/mutual', {
      protocol: 'https',
      host: 'localhost',
      client_certificate: { id: made.body.id },
    });
    assert.equal((await ask('/mutual')).text, 'ok');
    const socket = upstream.connections.at(-1)!.socket as TLSSocket;
    assert.equal(socket.getPeerCertificate().fingerprint256, fingerprint(mine));
    const next = await pair('client.test');
    await bench.gateway.admin('PATCH', `/certificates/${made.body.id}`, next);
    assert.equal((await ask('/mutual')).text, 'ok');
    const later = upstream.connections.at(-1)!.socket as TLSSocket;
    assert.equal(later.getPeerCertificate().fingerprint256, fingerprint(next));
  });

  it('answers 502 where the upstream speaks no TLS, and where it speaks nothing else', async () => {
    await createRoute(bench.gateway, bench.upstream.port, '/plain', {
      protocol: 'https',
      host: 'localhost',
      retries: 0,
    });
    bench.upstream.script = async (side) => {
      await side.reader.hasMore();
      await side.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      side.end();
    };
    assertOwnAnswer(await ask('/plain'), 502, badGateway);
    bench.answerAll();
    await createRoute(bench.gateway, upstream.port, '/secure', { host: 'localhost', retries: 0 });
    assertOwnAnswer(await ask('/secure'), 502, badGateway);
  });
});
