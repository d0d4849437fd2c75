import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { createStreamRoute, streamPort } from '../../support/stream.ts';
import { until } from '../../support/until.ts';

const openssl = requireService('openssl');

/** An authority that openssl plays, with certificates that name its responder. */
interface Authority {
  readonly issue: (name: string, status: 'V' | 'R') => { readonly cert: string; readonly key: string };
  readonly stop: () => Promise<void>;
}

async function startAuthority(folder: string): Promise<Authority> {
  const run = (...args: string[]): string =>
    execFileSync(openssl, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  run(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key'],
    ...['-out', 'ca.pem', '-days', '10', '-subj', '/CN=authority.test'],
  );
  writeFileSync(join(folder, 'index.txt'), '');
  // openssl's own responder would listen on every address; here it answers through a server on loopback.
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      writeFileSync(join(folder, 'request.der'), Buffer.concat(chunks));
      const files = ['-index', 'index.txt', '-CA', 'ca.pem', '-rsigner', 'ca.pem', '-rkey', 'ca.key', '-ndays', '1'];
      run('ocsp', ...files, '-reqin', 'request.der', '-respout', 'answer.der');
      response.setHeader('content-type', 'application/ocsp-response');
      response.end(readFileSync(join(folder, 'answer.der')));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let serial = 0x1000;
  return {
    issue(name, status) {
      serial += 1;
      const number = serial.toString(16);
      writeFileSync(
        join(folder, `${name}.cnf`),
        `authorityInfoAccess = OCSP;URI:http://127.0.0.1:${port}\nsubjectAltName = DNS:${name}\n`,
      );
      run(
        ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`],
        ...['-out', `${name}.csr`, '-subj', `/CN=${name}`],
      );
      run(
        ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', `0x${number}`],
        ...['-days', '5', '-extfile', `${name}.cnf`, '-out', `${name}.pem`],
      );
      const revoked = status === 'R' ? '261120000000Z' : '';
      const line = `${status}\t991231235959Z\t${revoked}\t${number.toUpperCase()}\tunknown\t/CN=${name}\n`;
      writeFileSync(join(folder, 'index.txt'), line, { flag: 'a' });
      const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
      return { cert: read(`${name}.pem`) + read('ca.pem'), key: read(`${name}.key`) };
    },
    async stop() {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('OCSP stapling', () => {
  let folder: string;
  let authority: Authority;
  let gateway: InProcessGateway;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gibbon-ocsp-'));
    authority = await startAuthority(folder);
    gateway = await startTestGateway({ stream_listen: '127.0.0.1:0 ssl' });
  });
  after(async () => {
    await gateway.stop();
    await authority.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What comes along with the certificate of a name; undefined when nothing does. */
  async function stapled(servername: string, port = gateway.tlsPort): Promise<Buffer | undefined> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername,
      requestOCSP: true,
      rejectUnauthorized: false,
    });
    const [response] = (await once(socket, 'OCSPResponse')) as [Buffer | null];
    socket.destroy();
    return response === null || response.length === 0 ? undefined : response;
  }

  function textOf(response: Buffer): string {
    writeFileSync(join(folder, 'response.der'), response);
    const args = ['ocsp', '-respin', 'response.der', '-CAfile', 'ca.pem', '-text'];
    return execFileSync(openssl, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  }

  for (const [status, said] of [
    ['V', 'Cert Status: good'],
    ['R', 'Cert Status: revoked'],
  ] as const) {
    it(`sends what the responder says: ${said}`, async () => {
      const name = `${status.toLowerCase()}.test`;
      await gateway.admin('POST', '/certificates', { ...authority.issue(name, status), snis: [name] });
      // The first client is not kept waiting for it.
      let response = await stapled(name);
      await until(async () => {
        response = await stapled(name);
        return response !== undefined;
      });
      assert.match(textOf(response!), new RegExp(said));
    });
  }

  it('sends it along where the TLS of a raw stream ends', async () => {
    await gateway.admin('POST', '/certificates', { ...authority.issue('stream.test', 'V'), snis: ['stream.test'] });
    await createStreamRoute(gateway, 1, { protocols: ['tls'], snis: ['stream.test'] });
    let response: Buffer | undefined;
    await until(async () => {
      response = await stapled('stream.test', streamPort(gateway));
      return response !== undefined;
    });
    assert.match(textOf(response!), /Cert Status: good/);
  });

  it('sends nothing for a certificate that names no responder', async () => {
    assert.equal(await stapled('default.test'), undefined);
  });
});
