import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import { pems } from '../../../src/plugins/mtls-auth/pems.fixtures.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { askHttp2, connectTls, type TlsClient } from './clients.ts';

const openssl = requireService('openssl');
const versions = ['TLSv1.2', 'TLSv1.3'] as const;
const ann = pems.ann;
const bob = { cert: pems.bob.cert + pems.middle.cert, key: pems.bob.key };

let upstream: Server;
let gateway: InProcessGateway;
let rootId: string;
let asked: { readonly service: { readonly id: string }; readonly route: { readonly id: string } };
const clients: TlsClient[] = [];
before(async () => {
  upstream = createServer((incoming, outgoing) => {
    outgoing.end(String(incoming.headers['x-consumer-username'] ?? incoming.headers['x-consumer-custom-id']));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startTestGateway({
    plugins: 'bundled,handshake',
    nginx_worker_processes: '2',
    proxy_listen: '127.0.0.1:0 reuseport, 127.0.0.1:0 ssl http2 reuseport',
  });
  const { port } = upstream.address() as AddressInfo;
  rootId = (await gateway.admin('POST', '/ca_certificates', { cert: pems.root.cert })).body.id;
  asked = await createRoute(gateway, port, '/', {}, { snis: ['asked.test', '*.wild.test', 'pre.*'] });
  const shown = await createRoute(gateway, port, '/shown', {}, { hosts: ['shown.test'], methods: ['GET'] });
  await gateway.admin('POST', `/routes/${shown.route.id}/plugins`, { name: 'handshake', config: { answers: true } });
  await gateway.admin('POST', '/consumers', { username: 'ann' });
  await gateway.admin('POST', '/consumers', { username: 'bob' });
});
after(async () => {
  for (const client of clients) client.close();
  await gateway.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

async function client(options: ConnectionOptions): Promise<TlsClient> {
  const made = await connectTls(gateway.tlsPort, options);
  clients.push(made);
  return made;
}

/** The certificates that a client who has some was asked for, by their subjects. */
async function sent(options: ConnectionOptions): Promise<readonly string[]> {
  const one = await client({ ...bob, ...options });
  const { body } = await one.ask('/shown', 'shown.test');
  one.close();
  return JSON.parse(body).chain;
}

/** Adds a configuration for the life of `work`. */
async function withPlugin(
  path: string,
  name: string,
  config: object,
  work: (id: string) => Promise<void>,
): Promise<void> {
  const { body } = await gateway.admin('POST', `${path}/plugins`, { name, config });
  try {
    await work(body.id);
  } finally {
    await gateway.admin('DELETE', `/plugins/${body.id}`);
  }
}

const trusting = (more: object = {}): object => ({ ca_certificates: [rootId], ...more });
const chain = ['CN=ignored', 'CN=middle.test'];
const asNamed = ['asked.test', 'ASKED.test', 'a.wild.test', 'a.b.wild.test', 'pre.test', 'pre.a.test'];
const asOthers = ['other.test', 'wild.test', 'xasked.test', 'shown.test', undefined];

function names(servername: string | undefined): ConnectionOptions {
  return servername === undefined ? {} : { servername };
}

describe('clients are asked for a certificate', () => {
  test('for the server names of the routes that want one, on every worker, and for no others', async () => {
    assert.deepEqual(await sent({ servername: 'asked.test' }), []);
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      for (const version of versions) {
        const options = { minVersion: version, maxVersion: version };
        for (let round = 0; round < 4; round += 1) {
          assert.deepEqual(await sent({ ...options, servername: 'asked.test' }), chain);
        }
        for (const name of asNamed) assert.deepEqual(await sent({ ...options, ...names(name) }), chain, `${name}`);
        for (const name of asOthers) assert.deepEqual(await sent({ ...options, ...names(name) }), [], `${name}`);
      }
    });
    assert.deepEqual(await sent({ servername: 'asked.test' }), []);
  });

  test('for the server names of all routes of a service that wants one', async () => {
    await withPlugin(`/services/${asked.service.id}`, 'mtls-auth', trusting(), async () => {
      assert.deepEqual(await sent({ servername: 'asked.test' }), chain);
      assert.deepEqual(await sent({ servername: 'more.test' }), []);
      const more = await gateway.admin('POST', `/services/${asked.service.id}/routes`, { snis: ['more.test'] });
      assert.deepEqual(await sent({ servername: 'more.test' }), chain);
      await gateway.admin('PATCH', `/routes/${more.body.id}`, { snis: [], hosts: ['a.test'] });
      for (const name of asOthers) assert.deepEqual(await sent(names(name)), chain, `${name}`);
      await gateway.admin('DELETE', `/routes/${more.body.id}`);
      assert.deepEqual(await sent({ servername: 'more.test' }), []);
    });
  });

  test('in every handshake where it is wanted for all requests', async () => {
    await withPlugin('', 'mtls-auth', trusting({ anonymous: 'ann' }), async () => {
      for (const name of [...asNamed, ...asOthers]) assert.deepEqual(await sent(names(name)), chain, `${name}`);
    });
  });

  test('and no session that begins so is resumed, while all others are', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      for (const version of versions) {
        const options = { ...bob, minVersion: version, maxVersion: version } as const;
        for (const [servername, expected] of [
          ['asked.test', { reused: [false, false], chains: [chain, chain] }],
          ['other.test', { reused: [false, true], chains: [[], []] }],
        ] as const) {
          const reused: boolean[] = [];
          const chains: unknown[] = [];
          let session: Buffer | undefined;
          for (let round = 0; round < 2; round += 1) {
            const one = await client({ ...options, servername, ...(session && { session }) });
            chains.push(JSON.parse((await one.ask('/shown', 'shown.test')).body).chain);
            reused.push(one.socket.isSessionReused());
            session = one.sessions.at(-1);
            one.close();
          }
          assert.deepEqual({ reused, chains }, expected, `${servername} ${version}`);
        }
      }
    });
  });

  test('and told whom they may come from, where that is wanted', async () => {
    const acceptable = (servername: string): string => {
      const args = ['s_client', '-connect', `127.0.0.1:${gateway.tlsPort}`, '-servername', servername];
      const { stdout } = spawnSync(openssl, args, { input: '', encoding: 'utf8' });
      return /Acceptable client certificate CA names\n((?:.+\n)+?)(?:Requested|Client)/.exec(stdout)?.[1] ?? '';
    };
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      assert.equal(acceptable('asked.test'), '');
    });
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting({ send_ca_dn: true }), async () => {
      assert.equal(acceptable('asked.test'), 'CN = root.test\n');
      assert.equal(acceptable('other.test'), '');
    });
  });
});

describe('mtls-auth over real connections', () => {
  test('knows consumers over HTTP/1 and HTTP/2, request after request', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const one = await client({ ...ann, servername: 'asked.test' });
      for (let round = 0; round < 3; round += 1) {
        assert.deepEqual((await one.ask('/', 'asked.test')).body, 'ann');
      }
      assert.equal(await askHttp2(gateway.tlsPort, 'asked.test', { ...ann, servername: 'asked.test' }), 200);
      assert.equal(await askHttp2(gateway.tlsPort, 'asked.test', { ...pems.evil, servername: 'asked.test' }), 401);
      const stranger = await client({ servername: 'asked.test' });
      const { status, body } = await stranger.ask('/', 'asked.test');
      assert.deepEqual([status, JSON.parse(body).message], [401, 'No required TLS certificate was sent']);
    });
  });

  test('refuses requests on connections that began before anybody was asked', async () => {
    const early = await client({ ...ann, servername: 'asked.test' });
    assert.equal((await early.ask('/', 'asked.test')).status, 200);
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      assert.equal((await early.ask('/', 'asked.test')).status, 401);
    });
  });

  test('thinks again as soon as an authority changes', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const one = await client({ ...ann, servername: 'asked.test' });
      assert.equal((await one.ask('/', 'asked.test')).status, 200);
      await gateway.admin('PATCH', `/ca_certificates/${rootId}`, { cert: pems.stranger.cert });
      assert.equal((await one.ask('/', 'asked.test')).status, 401);
      await gateway.admin('PATCH', `/ca_certificates/${rootId}`, { cert: pems.root.cert });
      assert.equal((await one.ask('/', 'asked.test')).status, 200);
    });
  });

  test('knows a certificate by a name that a consumer was given', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const one = await client({ ...bob, servername: 'asked.test' });
      assert.equal((await one.ask('/', 'asked.test')).status, 401);
      const given = { subject_name: 'bob.test', ca_certificate: { id: rootId } };
      const { body } = await gateway.admin('POST', '/consumers/bob/mtls-auth', given);
      assert.equal((await one.ask('/', 'asked.test')).body, 'bob');
      assert.equal((await gateway.admin('GET', '/mtls-auths')).body.data.length, 1);
      assert.equal((await gateway.admin('GET', `/mtls-auths/${body.id}/consumer`)).body.username, 'bob');
      await gateway.admin('POST', '/consumers/ann/mtls-auth', given, 409);
      await gateway.admin('DELETE', `/consumers/bob/mtls-auth/${body.id}`);
      assert.equal((await one.ask('/', 'asked.test')).status, 401);
    });
  });

  test('says in the log what is wrong with a certificate', async () => {
    await gateway.admin('PUT', '/debug/node/log-level/info', undefined, 200);
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const one = await client({ ...pems.server, servername: 'asked.test' });
      const { status, body } = await one.ask('/', 'asked.test');
      assert.deepEqual([status, JSON.parse(body).message], [401, 'TLS certificate failed verification']);
      await gateway.waitForLog(/\[mtls-auth\].*the certificate is not for clients/);
    });
  });
});

describe('the first message of a client', () => {
  test('may come byte by byte, also while nobody is asked by its name', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const raw = connect(gateway.tlsPort, '127.0.0.1');
      const out = new PassThrough();
      let isFirst = true;
      out.on('data', (chunk: Buffer) => {
        if (!isFirst) {
          raw.write(chunk);
          return;
        }
        isFirst = false;
        out.pause();
        const next = (at: number): void => {
          if (at === chunk.length) out.resume();
          else raw.write(chunk.subarray(at, at + 1), () => setImmediate(next, at + 1));
        };
        next(0);
      });
      const wire = Duplex.from({ readable: raw, writable: out } as never);
      const one = await connectTls(gateway.tlsPort, { ...ann, socket: wire, servername: 'asked.test' });
      assert.equal((await one.ask('/', 'asked.test')).body, 'ann');
      one.close();
      raw.destroy();
    });
  });

  test('may be none, or never come: the others are served', async () => {
    await withPlugin(`/routes/${asked.route.id}`, 'mtls-auth', trusting(), async () => {
      const silent = connect(gateway.tlsPort, '127.0.0.1');
      const gone = ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00'].map(
        (bytes) =>
          new Promise<void>((resolve) => {
            const raw = connect(gateway.tlsPort, '127.0.0.1', () => raw.write(bytes, 'latin1'));
            raw.on('error', () => {}).on('close', () => resolve());
            raw.resume();
          }),
      );
      await Promise.all(gone);
      const one = await client({ ...ann, servername: 'asked.test' });
      assert.equal((await one.ask('/', 'asked.test')).body, 'ann');
      silent.destroy();
    });
  });
});

describe('the server name of a client', () => {
  test('leads to its routes, also in sessions that are resumed', async () => {
    for (const version of versions) {
      let session: Buffer | undefined;
      for (const isReused of [false, true, true]) {
        const options = { servername: 'asked.test', minVersion: version, maxVersion: version };
        const one = await client({ ...options, ...(session && { session }) });
        assert.deepEqual([(await one.ask('/', 'asked.test')).status, one.socket.isSessionReused()], [200, isReused]);
        session = one.sessions.at(-1) ?? session;
        one.close();
      }
    }
  });
});

describe('the end of a listener', () => {
  test('waits for nobody who has said nothing', { timeout: 30_000 }, async () => {
    const ending = await startTestGateway();
    try {
      await ending.admin('POST', '/plugins', { name: 'mtls-auth', config: { ca_certificates: [rootId] } });
      const silent = connect(ending.tlsPort, '127.0.0.1');
      const gone = new Promise((resolve) => silent.on('error', () => {}).on('close', resolve));
      // Whoever comes later is answered later: then the silent one has been taken too.
      const late = await connectTls(ending.tlsPort, {});
      assert.equal((await late.ask('/', 'a.test')).status, 404);
      late.close();
      await ending.running.stop({ graceful: true, timeoutMs: 60_000 });
      silent.resume();
      await gone;
    } finally {
      await ending.stop();
    }
  });
});

describe('a plugin of one\u2019s own may have a say in handshakes', () => {
  const wrongPhase = (phase: string, only: string): string =>
    `function cannot be called in ${phase} phase (only in: ${only})`;

  test('and asks, by any name or none; what it may not do is refused as in Kong', async () => {
    await withPlugin('', 'handshake', { asks: true, authority: pems.root.cert }, async () => {
      for (const name of ['asked.test', undefined]) assert.deepEqual(await sent(names(name)), chain);
      const one = await client({ ...ann, servername: 'asked.test' });
      assert.deepEqual(JSON.parse((await one.ask('/shown', 'shown.test')).body).refusals, [
        wrongPhase('access', 'certificate'),
        wrongPhase('access', 'certificate'),
        'unknown client verify value:  accepted values are: "SUCCESS", "NONE" or "FAILED:<reason>"',
      ]);
      await gateway.waitForLog(/"client_verify":"SUCCESS"} function cannot be called in log phase/);
      const two = await client({ ...pems.evil, servername: 'asked.test' });
      await two.ask('/shown', 'shown.test');
      await gateway.waitForLog(/"client_verify":"FAILED:/);
      const three = await client({ servername: 'asked.test' });
      await three.ask('/shown', 'shown.test');
      await gateway.waitForLog(/"client_verify":"NONE"/);
    });
  });

  test('and keeps sessions from being resumed without asking', async () => {
    await withPlugin('', 'handshake', { apart: true }, async () => {
      for (const version of versions) {
        const options = { minVersion: version, maxVersion: version, servername: 'other.test' };
        const one = await client(options);
        await one.ask('/shown', 'shown.test');
        const session = one.sessions.at(-1);
        const two = await client({ ...options, ...(session && { session }) });
        assert.equal(two.socket.isSessionReused(), false);
        assert.deepEqual(await sent(options), []);
      }
    });
  });
});
