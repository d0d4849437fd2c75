import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer as createPlainServer, type Server as PlainServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type ConnectionOptions, connect, createServer, type Server, TLSSocket } from 'node:tls';
import { type CertificateStore, createCertificateStore, createTicketKeys } from './certificate-store.ts';
import { tlsProtocols } from './cipher-suites.ts';
import { type CertificatePair, generateSelfSigned } from './self-signed.ts';

const pair = (commonName: string, keyType: 'rsa' | 'ec') => generateSelfSigned({ commonName, days: 1, keyType });
const fingerprint = (made: CertificatePair): string => new X509Certificate(made.cert).fingerprint256;

interface Made {
  readonly standard: CertificatePair;
  readonly one: CertificatePair;
  readonly two: CertificatePair;
  readonly rsa: CertificatePair;
}

async function serve(store: CertificateStore): Promise<{ server: Server; port: number }> {
  const server = createServer({ ...store.serverOptions });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    socket.end('bye');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

async function handshake(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function served(port: number, servername: string, options: ConnectionOptions = {}): Promise<string> {
  const socket = await handshake(port, { servername, ...options });
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('certificate store over TLS sockets', () => {
  let made: Made;
  const closing: PlainServer[] = [];

  before(async () => {
    const [standard, one, two, rsa] = await Promise.all([
      pair('default', 'ec'),
      pair('one', 'ec'),
      pair('two', 'ec'),
      pair('one', 'rsa'),
    ]);
    made = { standard, one, two, rsa };
  });

  after(() => {
    for (const server of closing) server.close();
  });

  async function start(store: CertificateStore): Promise<number> {
    const { server, port } = await serve(store);
    store.onTicketKeys((keys) => server.setTicketKeys(keys));
    closing.push(server);
    return port;
  }

  const createStore = (): CertificateStore =>
    createCertificateStore({ defaultCertificate: { cert: [made.standard.cert], key: [made.standard.key] } });

  it('serves by exact name, wildcards, and else the default, and follows changes', async () => {
    const store = createStore();
    const port = await start(store);
    store.putSni({ id: 's1', name: 'one.example.com', certificate: { id: 'c1' } });
    assert.equal(await served(port, 'one.example.com'), fingerprint(made.standard), 'name before its certificate');
    store.putCertificate({ id: 'c1', ...made.one });
    store.putCertificate({ id: 'c2', ...made.two, cert_alt: null, key_alt: null });
    store.putSni({ id: 's2', name: '*.example.com', certificate: { id: 'c2' } });
    assert.equal(await served(port, 'one.example.com'), fingerprint(made.one));
    assert.equal(await served(port, 'ONE.example.com'), fingerprint(made.one));
    assert.equal(await served(port, 'other.example.com'), fingerprint(made.two));
    assert.equal(await served(port, 'elsewhere.org'), fingerprint(made.standard));
    assert.equal(await served(port, ''), fingerprint(made.standard), 'no server name');

    store.putCertificate({ id: 'c1', ...made.two });
    assert.equal(await served(port, 'one.example.com'), fingerprint(made.two), 'replaced certificate');
    store.putSni({ id: 's1', name: 'renamed.org', certificate: { id: 'c1' } });
    store.deleteSni({ id: 's2' });
    assert.equal(await served(port, 'one.example.com'), fingerprint(made.standard), 'renamed SNI');
    assert.equal(await served(port, 'renamed.org'), fingerprint(made.two));
    store.deleteCertificate('c1');
    assert.equal(await served(port, 'renamed.org'), fingerprint(made.standard), 'deleted certificate');
  });

  it('serves the certificate of the key type that the client can verify', async () => {
    const rsaOnly = { sigalgs: 'RSA-PSS+SHA256:RSA+SHA256' };
    const ecdsaOnly = { sigalgs: 'ECDSA+SHA256' };
    const old = { maxVersion: 'TLSv1.2' } as const;
    const oldRsa = { ...old, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' };
    const oldEcdsa = { ...old, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
    const store = createStore();
    store.putSni({ id: 's1', name: '*', certificate: { id: 'c1' } });
    const port = await start(store);
    for (const row of [
      { id: 'c1', ...made.rsa, cert_alt: made.one.cert, key_alt: made.one.key },
      { id: 'c1', ...made.one, cert_alt: made.rsa.cert, key_alt: made.rsa.key },
    ]) {
      store.putCertificate(row);
      const got = [];
      for (const client of [rsaOnly, ecdsaOnly, {}, old, oldRsa, { ...oldEcdsa, ...ecdsaOnly }]) {
        got.push(await served(port, 'a.b', client));
      }
      const [rsa, ecdsa] = [fingerprint(made.rsa), fingerprint(made.one)];
      assert.deepEqual(got, [rsa, ecdsa, ecdsa, rsa, rsa, ecdsa]);
    }
  });

  it('serves either default certificate to clients without a known name', async () => {
    const store = createCertificateStore({
      defaultCertificate: { cert: [made.rsa.cert, made.one.cert], key: [made.rsa.key, made.one.key] },
    });
    const port = await start(store);
    for (const name of ['', 'unknown.org']) {
      assert.equal(await served(port, name, { sigalgs: 'RSA-PSS+SHA256' }), fingerprint(made.rsa));
      assert.equal(await served(port, name, { sigalgs: 'ECDSA+SHA256' }), fingerprint(made.one));
    }
  });

  it('loads both certificates of a row into the context that a connection may start with', async () => {
    const store = createStore();
    store.putCertificate({ id: 'c1', ...made.rsa, cert_alt: made.one.cert, key_alt: made.one.key });
    store.putSni({ id: 's1', name: 'a.b', certificate: { id: 'c1' } });
    const server = createPlainServer((plain) => {
      const socket = new TLSSocket(plain, { isServer: true, secureContext: store.contextFor('a.b') });
      socket.on('error', () => {});
      socket.end('bye');
    });
    closing.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const old = { maxVersion: 'TLSv1.2' } as const;
    assert.equal(await served(port, 'a.b', { ...old, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }), fingerprint(made.rsa));
    assert.equal(
      await served(port, 'a.b', { ...old, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
      fingerprint(made.one),
    );
  });

  it('keeps to the protocols of the suite', async () => {
    const store = createCertificateStore({
      cipherSuite: { protocols: ['TLSv1.3'], ciphers: '', preferServerCiphers: false },
      defaultCertificate: { cert: [made.standard.cert], key: [made.standard.key] },
    });
    const port = await start(store);
    const socket = await handshake(port, {});
    assert.equal(socket.getProtocol(), 'TLSv1.3');
    socket.destroy();
    await assert.rejects(handshake(port, { maxVersion: 'TLSv1.2' }));
  });

  it('speaks TLS 1.0 where that is asked for', async () => {
    const store = createCertificateStore({
      cipherSuite: { protocols: tlsProtocols, ciphers: 'ECDHE-RSA-AES128-SHA', preferServerCiphers: true },
      defaultCertificate: { cert: [made.rsa.cert], key: [made.rsa.key] },
    });
    const port = await start(store);
    const socket = await handshake(port, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    assert.equal(socket.getProtocol(), 'TLSv1');
    socket.destroy();
  });

  it('resumes no session once the keys of tickets are others', async () => {
    const options = { defaultCertificate: { cert: [made.standard.cert], key: [made.standard.key] } };
    const store = createCertificateStore({ ...options, ticketKeys: createTicketKeys() });
    const keys: Buffer[] = [];
    store.onTicketKeys((given) => keys.push(given));
    const port = await start(store);
    const tls12 = { maxVersion: 'TLSv1.2' } as const;
    const resume = async (session?: Buffer): Promise<readonly [boolean, Buffer]> => {
      const socket = await handshake(port, { ...tls12, ...(session && { session }) });
      const outcome = [socket.isSessionReused(), socket.getSession()!] as const;
      socket.destroy();
      return outcome;
    };
    const [, session] = await resume();
    assert.equal((await resume(session))[0], true);
    const fresh = createTicketKeys();
    store.setTicketKeys(fresh);
    assert.deepEqual(keys, [Buffer.from(fresh)]);
    const [isReused, next] = await resume(session);
    assert.equal(isReused, false);
    assert.equal((await resume(next))[0], true);
  });

  it('resumes a session in another worker that has the same ticket keys, and only there', async () => {
    const ticketKeys = createTicketKeys();
    const options = { defaultCertificate: { cert: [made.standard.cert], key: [made.standard.key] } };
    const stores = [
      createCertificateStore({ ...options, ticketKeys }),
      createCertificateStore({ ...options, ticketKeys }),
      createCertificateStore({ ...options, ticketKeys: createTicketKeys() }),
      createCertificateStore({ ...options, ticketKeys, sessionTickets: false }),
    ];
    for (const store of stores) {
      store.putCertificate({ id: 'c1', ...made.one });
      store.putSni({ id: 's1', name: 'one.example.com', certificate: { id: 'c1' } });
    }
    const ports = await Promise.all(stores.map(start));
    const tls12 = { servername: 'one.example.com', maxVersion: 'TLSv1.2' } as const;
    const first = await handshake(ports[0]!, tls12);
    const session = first.getSession()!;
    assert.equal(first.isSessionReused(), false);
    first.destroy();
    const reused: boolean[] = [];
    for (const port of ports) {
      const socket = await handshake(port, { ...tls12, session });
      reused.push(socket.isSessionReused());
      socket.destroy();
    }
    assert.deepEqual(reused, [true, true, false, false]);
  });

  it('makes contexts lazily and once, and tells of a certificate that cannot be used each time', async () => {
    const store = createStore();
    store.putCertificate({ id: 'good', ...made.one });
    store.putCertificate({ id: 'bad', cert: made.one.cert, key: made.two.key });
    store.putSni({ id: 's1', name: 'good', certificate: { id: 'good' } });
    store.putSni({ id: 's2', name: 'bad', certificate: { id: 'bad' } });
    assert.equal(store.contextFor('good'), store.contextFor('good'));
    for (let round = 0; round < 2; round++) {
      assert.throws(() => store.contextFor('bad'), {
        name: 'GibbonError',
        code: 'ERR_TLS_CERTIFICATE',
        message: /^Cannot use certificate "bad": /,
      });
    }
    const port = await start(store);
    await assert.rejects(served(port, 'bad'));
    assert.equal(await served(port, 'good'), fingerprint(made.one));
  });

  it('does not lose a name that another row took over', () => {
    const store = createStore();
    store.putCertificate({ id: 'c1', ...made.one });
    store.putCertificate({ id: 'c2', ...made.two });
    store.putSni({ id: 's1', name: 'a.b', certificate: { id: 'c1' } });
    store.putSni({ id: 's2', name: 'a.b', certificate: { id: 'c2' } });
    store.deleteSni({ id: 's1' });
    store.putSni({ id: 's3', name: 'two', certificate: { id: 'c2' } });
    assert.equal(store.contextFor('a.b'), store.contextFor('two'));
  });
});
