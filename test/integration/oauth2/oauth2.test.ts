import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { requireService } from '../../support/services.ts';

const curl = requireService('curl');
const config = {
  provision_key: 'provision',
  enable_authorization_code: true,
  enable_client_credentials: true,
  enable_password_grant: true,
};
const app = { client_id: 'app', client_secret: 'secret' };

let upstream: Server;
before(async () => {
  upstream = createServer((incoming, outgoing) => {
    outgoing.end(
      `${String(incoming.headers['x-consumer-username'])} ${String(incoming.headers['x-authenticated-userid'])}`,
    );
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});
const upstreamPort = (): number => (upstream.address() as AddressInfo).port;

/** What curl gets, each time over a connection of its own: status and body. */
function ask(gateway: InProcessGateway, path: string, args: readonly string[] = []): Promise<[number, string]> {
  const url = `https://127.0.0.1:${gateway.tlsPort}${path}`;
  const child = spawn(curl, ['-sk', '--http1.1', '-w', '\n%{http_code}', ...args, url]);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.on('error', reject);
    child.on('close', () => {
      const end = text.lastIndexOf('\n');
      resolve([Number(text.slice(end + 1)), text.slice(0, end)]);
    });
  });
}

function post(
  gateway: InProcessGateway,
  path: string,
  args: { readonly [name: string]: string },
): Promise<[number, string]> {
  return ask(
    gateway,
    path,
    Object.entries(args).flatMap(([name, value]) => ['--data-urlencode', `${name}=${value}`]),
  );
}

describe('oauth2 on two workers', () => {
  let gateway: InProcessGateway;
  let pluginId: string;
  before(async () => {
    gateway = await startTestGateway({ nginx_worker_processes: '2' });
    const { route } = await createRoute(gateway, upstreamPort(), '/');
    const { body } = await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'oauth2', config });
    pluginId = body.id;
    await gateway.admin('POST', '/consumers', { username: 'ann' });
    const client = { ...app, name: 'app', hash_secret: true, redirect_uris: ['https://app.test/'] };
    await gateway.admin('POST', '/consumers/ann/oauth2', client);
  });
  after(() => gateway.stop());

  async function givenToken(): Promise<{ readonly access_token: string; readonly refresh_token: string }> {
    const user = { grant_type: 'password', provision_key: 'provision', authenticated_userid: 'bob' };
    const [status, body] = await post(gateway, '/oauth2/token', { ...app, ...user });
    assert.equal(status, 200, body);
    return JSON.parse(body);
  }

  test('a code is good once, whichever worker it is brought to', async () => {
    const [status, body] = await post(gateway, '/oauth2/authorize', {
      client_id: 'app',
      response_type: 'code',
      provision_key: 'provision',
      authenticated_userid: 'bob',
    });
    const code = /code=(\w{32})/.exec(body)?.[1];
    assert.ok(status === 200 && code, body);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () =>
        post(gateway, '/oauth2/token', { ...app, grant_type: 'authorization_code', code }),
      ),
    );
    assert.deepEqual(outcomes.map(([one]) => one).sort(), [200, 400, 400, 400, 400, 400, 400, 400]);
    const { access_token: token } = JSON.parse(outcomes.find(([one]) => one === 200)![1]);
    for (let round = 0; round < 4; round += 1) {
      assert.deepEqual(await ask(gateway, '/', ['-H', `Authorization: Bearer ${token}`]), [200, 'ann bob']);
    }
    assert.deepEqual((await gateway.admin('GET', '/oauth2_tokens')).body.data.length, 1);
    await gateway.admin('DELETE', `/oauth2_tokens/${token}`);
    for (let round = 0; round < 4; round += 1) {
      assert.equal((await ask(gateway, '/', ['-H', `Authorization: Bearer ${token}`]))[0], 401);
    }
  });

  test('a refresh token is good once, and takes its access token with it', async () => {
    const given = await givenToken();
    const bearer = ['-H', `Authorization: Bearer ${given.access_token}`];
    for (let round = 0; round < 4; round += 1) assert.equal((await ask(gateway, '/', bearer))[0], 200);
    const refresh = { ...app, grant_type: 'refresh_token', refresh_token: given.refresh_token };
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => post(gateway, '/oauth2/token', refresh)));
    assert.deepEqual(outcomes.map(([one]) => one).sort(), [200, 400, 400, 400, 400, 400]);
    for (let round = 0; round < 4; round += 1) assert.equal((await ask(gateway, '/', bearer))[0], 401);
  });

  test('tokens go with their client', async () => {
    const client = { name: 'b', client_id: 'b', client_secret: 'b', redirect_uris: ['https://b.test/'] };
    await gateway.admin('POST', '/consumers/ann/oauth2', client);
    const [, body] = await post(gateway, '/oauth2/token', {
      grant_type: 'client_credentials',
      client_id: 'b',
      client_secret: 'b',
    });
    const bearer = ['-H', `Authorization: Bearer ${JSON.parse(body).access_token}`];
    assert.equal((await ask(gateway, '/', bearer))[0], 200);
    await gateway.admin('DELETE', '/consumers/ann/oauth2/b');
    for (let round = 0; round < 4; round += 1) assert.equal((await ask(gateway, '/', bearer))[0], 401);
  });

  test('rows whose time is over are gone', async () => {
    await gateway.admin('PATCH', `/plugins/${pluginId}`, { config: { refresh_token_ttl: 1 } });
    const { access_token: token } = await givenToken();
    const bearer = ['-H', `Authorization: Bearer ${token}`];
    const isThere = async (): Promise<boolean> => {
      const { body } = await gateway.admin('GET', '/oauth2_tokens?size=1000');
      return body.data.some((row: { readonly access_token: string }) => row.access_token === token);
    };
    while (await isThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await ask(gateway, '/', bearer))[0], 401);
    await gateway.admin('PATCH', `/plugins/${pluginId}`, { config: { refresh_token_ttl: 1_209_600 } });
  });

  test('secrets are shown as they are stored, and checked where they are written', async () => {
    const { body } = await gateway.admin('GET', '/consumers/ann/oauth2/app');
    assert.match(body.client_secret, /^\$pbkdf2-sha512\$i=10000,l=32\$/);
    const refused = await gateway.admin('POST', '/consumers/ann/oauth2', { name: 'c', redirect_uris: ['c'] }, 400);
    assert.deepEqual(refused.body.fields, { redirect_uris: ["cannot parse 'c'"] });
    const made = await gateway.admin('POST', '/consumers/ann/oauth2', { name: 'd' });
    assert.match(`${made.body.client_id} ${made.body.client_secret}`, /^\w{32} \w{32}$/);
    assert.doesNotMatch(gateway.readLog(), /provision|secret/);
  });
});

describe('oauth2 without a database', () => {
  let gateway: InProcessGateway;
  before(async () => {
    gateway = await startTestGateway({ database: 'off' });
    await gateway.admin('POST', '/config', {
      _format_version: '3.0',
      consumers: [
        { username: 'ann', oauth2_credentials: [{ ...app, name: 'app', redirect_uris: ['https://app.test/'] }] },
      ],
      services: [
        {
          name: 's',
          host: '127.0.0.1',
          port: upstreamPort(),
          routes: [{ paths: ['/'], plugins: [{ name: 'oauth2', config }] }],
        },
      ],
      oauth2_tokens: [
        {
          id: '7f2c1d00-0000-4000-8000-00000000006a',
          credential: 'app',
          service: 's',
          expires_in: 0,
          access_token: 'declared',
          authenticated_userid: 'bob',
        },
      ],
    });
  });
  after(() => gateway.stop());

  test('declared tokens are good, and none can be made', async () => {
    assert.deepEqual(await ask(gateway, '/', ['-H', 'Authorization: Bearer declared']), [200, 'ann bob']);
    const [status, body] = await post(gateway, '/oauth2/token', { ...app, grant_type: 'client_credentials' });
    assert.deepEqual([status, JSON.parse(body).message], [500, 'An unexpected error occurred']);
  });
});
