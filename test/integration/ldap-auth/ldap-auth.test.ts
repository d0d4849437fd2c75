import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startSlapd, type TestDirectory } from '../../../scripts/testing/servers/index.ts';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';
import { upstreamAuthority, upstreamPair } from '../../support/upstream-pems.ts';

const person = (dn: string, cn: string, password: string): string =>
  `dn: ${dn},ou=people,dc=example,dc=com\nobjectClass: person\ncn:: ${Buffer.from(cn).toString('base64')}\nsn: x\n` +
  `userPassword:: ${Buffer.from(password).toString('base64')}\n\n`;
const entries =
  'dn: ou=people,dc=example,dc=com\nobjectClass: organizationalUnit\nou: people\n\n' +
  person('cn=ann', 'ann', 'anns:password') +
  person('cn=bob', 'bob', 'pä:ß') +
  person('cn=a\\, b\\+c\\=d', 'a, b+c=d', 'odd');

const ldap = (pair: string, scheme = 'ldap'): string => `${scheme} ${Buffer.from(pair).toString('base64')}`;

interface Outcome {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the upstream was asked with; undefined when it was not. */
  readonly asked: IncomingHttpHeaders | undefined;
}

const executable = requireService('slapd');
let directory: TestDirectory;
let upstream: Server;
let asked: IncomingHttpHeaders | undefined;
let folder: string;
before(async () => {
  directory = startSlapd(executable, { entries, tls: upstreamPair });
  upstream = createServer((incoming, outgoing) => {
    asked = incoming.headers;
    outgoing.end('ok');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'gibbon-ldap-'));
  writeFileSync(join(folder, 'ca.pem'), upstreamAuthority);
});
after(async () => {
  directory.stop();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

function send(gateway: InProcessGateway, host: string, headers: { readonly [name: string]: string }): Promise<Outcome> {
  asked = undefined;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: gateway.port, headers: { ...headers, host }, agent: false });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body, asked }));
    });
    sent.end();
  });
}

for (const database of ['sqlite', 'off'] as const) {
  describe(`ldap-auth with a directory (${database})`, () => {
    let gateway: InProcessGateway;
    before(async () => {
      gateway = await startTestGateway({
        database,
        lua_ssl_trusted_certificate: join(folder, 'ca.pem'),
        log_level: 'info',
      });
    });
    after(() => gateway.stop());

    let hosts = 0;
    /** Sets the plugin up on a route of its own; returns what sends requests there. */
    async function configure(
      config: object = {},
    ): Promise<(headers?: { readonly [name: string]: string }) => Promise<Outcome>> {
      hosts += 1;
      const host = `ldap-${hosts}.test`;
      const route = { hosts: [host], paths: ['/'] };
      const plugin = {
        name: 'ldap-auth',
        config: {
          ldap_host: 'localhost',
          ldap_port: directory.port,
          base_dn: 'ou=people,dc=example,dc=com',
          attribute: 'cn',
          ...config,
        },
      };
      const service = { host: '127.0.0.1', port: (upstream.address() as AddressInfo).port };
      const consumers = [{ username: 'nobody' }];
      if (database === 'off') {
        await gateway.admin('POST', '/config', {
          _format_version: '3.0',
          consumers,
          services: [{ name: 's', ...service, routes: [{ ...route, plugins: [plugin] }] }],
        });
      } else {
        await gateway.admin('PUT', '/consumers/nobody', {});
        const made = await gateway.admin('POST', '/services', service);
        const placed = await gateway.admin('POST', `/services/${made.body.id}/routes`, route);
        await gateway.admin('POST', `/routes/${placed.body.id}/plugins`, plugin);
      }
      return (headers = {}) => send(gateway, host, headers);
    }

    test('who has an entry and its password is let through', async () => {
      const ask = await configure();
      const headers = { authorization: ldap('ann:anns:password'), 'x-consumer-username': 'root' };
      const { status, asked: seen } = await ask(headers);
      assert.equal(status, 200);
      assert.deepEqual(
        ['x-credential-identifier', 'x-consumer-username', 'x-anonymous-consumer', 'authorization'].map(
          (name) => seen?.[name],
        ),
        ['ann', undefined, undefined, headers.authorization],
      );
      assert.equal((await ask({ authorization: ldap('bob:pä:ß', 'LDAP  ') })).status, 200);
      assert.equal((await ask({ 'proxy-authorization': ldap('ann:anns:password') })).status, 200);
      assert.equal(
        (await ask({ 'proxy-authorization': ldap('ann:wrong'), authorization: ldap('ann:anns:password') })).status,
        200,
      );
    });

    test('a wrong password, nobody, and names that would be more than a name are refused alike', async () => {
      const ask = await configure();
      const pairs = ['ann:wrong', 'ghost:anns:password', 'ann:', ':x', 'ann', '', 'ann\\:x', 'a\0nn:x'];
      const outcomes = await Promise.all(pairs.map((pair) => ask({ authorization: ldap(pair) })));
      const wide = await configure({ base_dn: 'dc=example,dc=com' });
      for (const pair of ['ann,ou=people:anns:password', 'ann\\,ou=people:anns:password', '*:anns:password']) {
        outcomes.push(await wide({ authorization: ldap(pair) }));
      }
      for (const { status, headers, body, asked: seen } of outcomes) {
        assert.deepEqual([status, headers['www-authenticate'], seen], [401, 'LDAP', undefined]);
        assert.equal(JSON.parse(body).message, 'Unauthorized');
      }
    });

    test('a name with signs that mean something in a distinguished name is a name', async () => {
      const ask = await configure();
      assert.equal((await ask({ authorization: ldap('a, b+c=d:odd') })).status, 200);
    });

    test('scheme, realm and what the upstream sees may be chosen', async () => {
      const ask = await configure({ header_type: 'basic', realm: 'shop', hide_credentials: true });
      assert.equal((await ask()).headers['www-authenticate'], 'basic realm="shop"');
      const { status, asked: seen } = await ask({ authorization: ldap('ann:anns:password', 'Basic') });
      assert.deepEqual([status, seen?.['authorization'], seen?.['x-credential-identifier']], [200, undefined, 'ann']);
      assert.equal((await ask({ authorization: ldap('ann:anns:password') })).status, 401);
    });

    test('with an anonymous consumer those without credentials go on as that', async () => {
      const ask = await configure({ anonymous: 'nobody' });
      const { status, asked: seen } = await ask({ authorization: ldap('ann:wrong') });
      assert.deepEqual(
        [status, seen?.['x-consumer-username'], seen?.['x-anonymous-consumer']],
        [200, 'nobody', 'true'],
      );
      assert.equal(
        (await ask({ authorization: ldap('ann:anns:password') })).asked?.['x-anonymous-consumer'],
        undefined,
      );
    });

    test('TLS may begin at once or after a word, and the directory be verified', async () => {
      for (const config of [
        { ldaps: true, ldap_port: directory.tlsPort },
        { ldaps: true, ldap_port: directory.tlsPort, verify_ldap_host: true },
        { start_tls: true },
        { start_tls: true, verify_ldap_host: true },
        { start_tls: true, ldap_host: '127.0.0.1' },
      ]) {
        const ask = await configure({ ...config, cache_ttl: 0 });
        for (let round = 0; round < 3; round += 1) {
          assert.equal((await ask({ authorization: ldap('ann:anns:password') })).status, 200);
          assert.equal((await ask({ authorization: ldap('ann:wrong') })).status, 401);
        }
      }
    });

    test('a directory that is not who it should be learns no password, and the client is refused', async () => {
      for (const config of [{ ldaps: true, ldap_port: directory.tlsPort }, { start_tls: true }]) {
        const ask = await configure({ ...config, ldap_host: '127.0.0.1', verify_ldap_host: true });
        assert.equal((await ask({ authorization: ldap('ann:anns:password') })).status, 401);
      }
      assert.match(gateway.readLog(), /refuses: no TLS with it/);
    });

    test('the word of the directory is remembered for a while', async () => {
      const ask = await configure({ cache_ttl: 60 });
      const authorization = ldap('ann:anns:password');
      assert.equal((await ask({ authorization })).status, 200);
      assert.equal((await ask({ authorization: ldap('ann:wrong') })).status, 401);
      directory.kill();
      try {
        assert.equal((await ask({ authorization })).status, 200);
        assert.equal((await ask({ authorization: ldap('ann:wrong') })).status, 401);
        assert.equal((await ask({ authorization: ldap('ann:other') })).status, 500);
      } finally {
        directory.restart();
      }
    });

    test('a directory that is away is a fault that heals', async () => {
      const ask = await configure({ cache_ttl: 0, anonymous: 'nobody' });
      const authorization = ldap('ann:anns:password');
      assert.equal((await ask({ authorization })).asked?.['x-credential-identifier'], 'ann');
      directory.kill();
      try {
        const { status, body, asked: seen } = await ask({ authorization });
        assert.deepEqual([status, seen], [500, undefined]);
        assert.equal(JSON.parse(body).message, 'An unexpected error occurred');
      } finally {
        directory.restart();
      }
      assert.equal((await ask({ authorization })).asked?.['x-credential-identifier'], 'ann');
    });

    test('a directory that stands still holds up those who ask it and nobody else', async () => {
      const config = { cache_ttl: 0, timeout: 300 };
      const slow = [await configure(config)];
      if (database === 'sqlite') slow.push(await configure({ ...config, start_tls: true }));
      const authorization = ldap('ann:anns:password');
      for (const ask of slow) assert.equal((await ask({ authorization })).status, 200);
      directory.freeze(true);
      try {
        const waiting = slow.flatMap((ask) =>
          ['ann:anns:password', 'ann:x'].map((pair) => ask({ authorization: ldap(pair) })),
        );
        const refused = await slow[0]!();
        assert.equal(refused.status, 401);
        for (const { status, body } of await Promise.all(waiting)) {
          assert.deepEqual([status, JSON.parse(body).message], [500, 'An unexpected error occurred']);
        }
      } finally {
        directory.freeze(false);
      }
      for (const ask of slow) assert.equal((await ask({ authorization })).status, 200);
    });

    test('a server that speaks something else, or nothing, is a fault too', async () => {
      const noise = await listenWith('HTTP/1.1 400 Bad Request\r\n\r\n');
      try {
        for (const config of [{}, { start_tls: true }]) {
          const ask = await configure({ ...config, ldap_port: portOf(noise), ldap_host: '127.0.0.1', timeout: 200 });
          assert.equal((await ask({ authorization: ldap('ann:anns:password') })).status, 500);
        }
        const ask = await configure({ ldaps: true, ldap_port: portOf(noise), ldap_host: '127.0.0.1', timeout: 200 });
        assert.equal((await ask({ authorization: ldap('ann:anns:password') })).status, 401);
      } finally {
        noise.close();
      }
    });

    test('no password is ever logged', () => {
      assert.doesNotMatch(gateway.readLog(), /anns|cGFzc3dvcmQ/);
    });
  });
}

async function listenWith(answer: string): Promise<TcpServer> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.write(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: TcpServer): number {
  return (server.address() as AddressInfo).port;
}
