import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definePlugin } from '../../pdk/index.ts';
import { createPluginRunner, type FakeExchangeOptions, type FakeHostOptions, runPlugin } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { session } from './index.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: 'b-1' };
const entities = { consumers: [bob] };
const secret = 'an old secret of ours';

/** An authentication plugin that lets everybody through who says so, as bob. */
const door = definePlugin({
  name: 'door',
  version: '1.0.0',
  priority: 1000,
  config: {},
  setup: () => () => ({
    access(kong) {
      if (kong.client.getCredential() !== undefined) return;
      const groups = kong.request.getHeader('groups');
      if (groups !== undefined) kong.ctx.shared['authenticated_groups'] = groups.split(' ');
      const key = kong.request.getHeader('door');
      if (key !== undefined) kong.client.authenticate(bob, { id: key });
    },
  }),
});

/** A gateway with the plugin, and a browser. */
function createWorld(config: Row = {}, options: FakeHostOptions = { entities }) {
  const runner = createPluginRunner([{ plugin: door }, { plugin: session, config: { secret, ...config } }], options);
  const jar = new Map<string, string>();
  return {
    ...runner,
    jar,
    async send(
      request: NonNullable<FakeExchangeOptions['request']> = {},
      upstream?: FakeExchangeOptions['upstreamResponse'],
    ) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const headers = { ...request.headers, ...(cookie !== '' && { cookie }) };
      const run = await runner.send({
        request: { ...request, headers },
        ...(upstream && { upstreamResponse: upstream }),
      });
      const set = [run.headers['set-cookie'] ?? []].flat();
      for (const line of set) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
        if (line.includes('Max-Age=0')) jar.delete(name!);
        else jar.set(name!, value!);
      }
      return { ...run, set };
    },
  };
}

const known = { headers: { door: 'a-key' } };

for (const [storage, reads] of [
  ['cookie', 'now'],
  ['cookie', 'later'],
  ['kong', 'now'],
  ['kong', 'later'],
] as const) {
  test(`who was let through once comes back by cookie (${storage}, rows read ${reads})`, async () => {
    const { send } = createWorld({ storage }, { entities, reads });
    assert.equal((await send()).consumer, undefined);
    const first = await send(known);
    assert.match(first.set.join(), /^session=[\w-]+; Path=\/; SameSite=Strict; Secure; HttpOnly$/);
    const second = await send({ headers: { 'X-Consumer-Username': 'root', 'X-Authenticated-Groups': 'root' } });
    assert.deepEqual([second.consumer, second.credential], [bob, { id: 'a-key', consumer_id: bob.id }]);
    assert.deepEqual(
      ['id', 'username', 'custom-id'].map((name) => second.upstream?.headers[`x-consumer-${name}`]),
      [bob.id, 'bob', 'b-1'],
    );
    const { headers } = second.upstream!;
    assert.deepEqual(
      [headers['x-credential-identifier'], headers['x-authenticated-groups'], headers['x-anonymous-consumer']],
      ['a-key', undefined, undefined],
    );
    assert.deepEqual(second.set, []);
  });

  test(`a session ends with a logout (${storage}, rows read ${reads})`, async () => {
    const { send, jar } = createWorld({ storage }, { entities, reads });
    await send(known);
    const run = await send({ method: 'DELETE', query: 'session_logout' });
    assert.deepEqual([run.status, run.body, run.upstream, jar.size], [200, '', undefined, 0]);
    assert.equal((await send()).consumer, undefined);
  });
}

test('groups that were found out come back with the session', async () => {
  const { send } = createWorld();
  await send({ headers: { door: 'a-key', groups: 'staff press' } });
  const run = await send();
  assert.deepEqual(
    [run.upstream?.headers['x-authenticated-groups'], run.shared['authenticated_groups']],
    ['staff, press', ['staff', 'press']],
  );
});

test('another credential begins another session, in the place of the one before', async () => {
  const { send, jar } = createWorld();
  await send(known);
  const before = jar.get('session');
  // A session comes first: only a plugin that runs before it, or no session, lets another credential in.
  jar.clear();
  await send({ headers: { door: 'other-key' } });
  assert.notEqual(jar.get('session'), before);
  assert.equal((await send()).credential?.['id'], 'other-key');
});

test('cookies of the upstream stay, but for one of the same name', async () => {
  const { send } = createWorld();
  const run = await send(known, { headers: { 'Set-Cookie': ['a=1', 'session=x', 'b=2'] } });
  assert.deepEqual(
    run.set.map((cookie) => cookie.split('=', 1)[0]),
    ['a', 'session', 'b'],
  );
  assert.doesNotMatch(run.set[1]!, /^session=x$/);
});

test('a session of a consumer that is gone ends, and the request goes on without it', async () => {
  const world = createWorld();
  await world.send(known);
  const later = createWorld({}, { entities: { consumers: [] } });
  later.jar.set('session', world.jar.get('session')!);
  const run = await later.send();
  assert.deepEqual([run.status, run.consumer, later.jar.size], [200, undefined, 0]);
});

test('what ends a session may be chosen', async () => {
  const ends = async (config: Row, request: FakeExchangeOptions['request']): Promise<boolean> => {
    const { send } = createWorld(config);
    await send(known);
    return (await send(request)).upstream === undefined;
  };
  const form = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'session_logout=1',
  };
  assert.equal(await ends({}, { method: 'POST', query: 'session_logout=true' }), true);
  assert.equal(await ends({}, { method: 'POST', query: 'session_logout=' }), true);
  assert.equal(await ends({}, { method: 'POST', query: 'other' }), false);
  assert.equal(await ends({}, { method: 'GET', query: 'session_logout' }), false);
  assert.equal(await ends({ logout_methods: ['GET'] }, { query: 'session_logout' }), true);
  assert.equal(await ends({ logout_methods: null }, { method: 'POST', query: 'session_logout' }), false);
  assert.equal(await ends({ logout_query_arg: 'bye' }, { method: 'DELETE', query: 'bye' }), true);
  assert.equal(await ends({ logout_query_arg: null }, { method: 'DELETE', query: 'session_logout' }), false);
  assert.equal(await ends({}, form), false);
  assert.equal(await ends({ read_body_for_logout: true }, form), true);
  assert.equal(await ends({ read_body_for_logout: true, logout_post_arg: 'bye' }, form), false);
  assert.equal(await ends({ read_body_for_logout: true, logout_post_arg: 'constructor' }, form), false);
  assert.equal(
    await ends({ read_body_for_logout: true }, { ...form, body: '{', headers: { 'content-type': 'application/json' } }),
    false,
  );
});

test('client and upstream may be told of the session', async () => {
  const { send, host } = createWorld({
    request_headers: ['id', 'audience', 'subject'],
    response_headers: ['timeout', 'idling-timeout', 'rolling-timeout', 'absolute-timeout'],
  });
  const first = await send(known);
  assert.deepEqual([first.headers['session-timeout'], first.upstream?.headers['session-subject']], ['900', undefined]);
  host.clock.advance(10_000);
  const { headers, upstream } = await send();
  assert.deepEqual(
    ['timeout', 'idling-timeout', 'rolling-timeout', 'absolute-timeout'].map((name) => headers[`session-${name}`]),
    ['890', '890', '3590', '86390'],
  );
  assert.deepEqual(
    ['audience', 'subject'].map((name) => upstream?.headers[`session-${name}`]),
    ['default', 'bob'],
  );
  assert.match(String(upstream?.headers['session-id']), /^[\w-]{43}$/);
});

test('cookies that are no sessions are passed over, and nothing of them is logged', async () => {
  const { send, jar, host } = createWorld({ remember: true });
  for (const value of ['', 'x', 'A'.repeat(110), 'A'.repeat(5000), `AQAA${'A'.repeat(200)}`, '%00', '!'.repeat(200)]) {
    jar.set('session', value);
    jar.set('remember', value);
    const run = await send();
    assert.deepEqual([run.status, run.consumer], [200, undefined]);
  }
  assert.deepEqual(host.lines, []);
});

test('a store that fails takes sessions away, not the service', async () => {
  const world = createWorld({ storage: 'kong' });
  await world.send(known);
  const failing = {
    ...world.host,
    reader: () => ({ find: () => Promise.reject(new Error('no store')) }),
    writer: () => ({ insert: () => Promise.reject(new Error('no store')) }),
  };
  const config = { ...(await storedConfigOf({ secret, storage: 'kong' })) };
  const handlers = session.setup(failing as never)(config as never, instance);
  const run = createPluginRunner([{ plugin: { ...session, setup: () => () => handlers } }, { plugin: door }], {
    entities,
  });
  const cookie = `session=${world.jar.get('session')!}`;
  const lost = await run.send({ request: { headers: { cookie } } });
  assert.deepEqual([lost.status, lost.consumer], [200, undefined]);
  assert.deepEqual(lost.logs, [{ level: 'error', message: '[session] no store' }]);
  assert.equal((await run.send({ request: { headers: { door: 'a-key' } } })).status, 200);
  await new Promise(setImmediate);
  assert.deepEqual(world.host.lines.at(-1), { level: 'error', message: '[session] session save failed (no store)' });
});

test('without a secret sessions are good where they were made', async () => {
  const { send, host } = createWorld({ secret: null });
  await send(known);
  assert.deepEqual((await send()).consumer, bob);
  assert.deepEqual(
    host.lines.map(({ level }) => level),
    ['warn'],
  );
});

test('a secret that is not given is made up', async () => {
  const one = await storedConfigOf({});
  const other = await storedConfigOf({});
  assert.match(String(one['secret']), /^\w{32}$/);
  assert.notEqual(one['secret'], other['secret']);
});

test('older names are taken', async () => {
  const stored = await storedConfigOf({
    cookie_lifetime: 1,
    cookie_idletime: 2,
    cookie_renew: 3,
    cookie_discard: 4,
    cookie_samesite: 'off',
    cookie_httponly: false,
    cookie_persistent: true,
  });
  assert.deepEqual(
    [stored['rolling_timeout'], stored['idling_timeout'], stored['stale_ttl'], stored['cookie_same_site']],
    [1, 2, 4, 'Lax'],
  );
  assert.deepEqual([stored['cookie_http_only'], stored['remember'], 'cookie_renew' in stored], [false, true, false]);
});

test('refuses what it does not know', async () => {
  await assert.rejects(runPlugin(session, { storage: 'redis' } as never), /storage: expected one of: cookie, kong/);
  await assert.rejects(runPlugin(session, { logout_methods: ['PUT'] } as never), /logout_methods/);
  await assert.rejects(runPlugin(session, { response_headers: ['x'] } as never), /response_headers/);
});

const instance = { id: 'p1', instanceName: null, routeId: null, serviceId: null, consumerId: null };

/** The configuration as it is stored. */
async function storedConfigOf(config: Row): Promise<Row> {
  let stored: Row = {};
  const probe = {
    ...session,
    setup: () => (given: Row) => {
      stored = given;
      return {};
    },
  };
  await runPlugin(probe as never, config as never);
  return stored;
}
