import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definePlugin, type Row } from '../../pdk/index.ts';
import {
  createFakeExchange,
  createFakeHost,
  createPluginRunner,
  type PluginRun,
  runPlugin,
} from '../../pdk/testing.ts';
import { acl } from './index.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a', consumer: { id: bob.id } };
const entities = { acls: [{ id: '1', consumer: { id: bob.id }, group: 'staff' }] };

interface Known {
  readonly consumer?: Row;
  readonly credential?: Row;
  readonly groups?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

/** Sends a request of which an earlier plugin has found out this much. */
async function send(config: Row, { groups, headers, ...who }: Known): Promise<PluginRun> {
  const before = definePlugin({
    name: 'before',
    version: '1.0.0',
    priority: 1000,
    config: {},
    setup: () => () => ({
      access(kong) {
        if (groups !== undefined) kong.ctx.shared['authenticated_groups'] = groups;
      },
    }),
  });
  const options = { entities, ...who, ...(headers && { request: { headers } }) };
  return await createPluginRunner([{ plugin: before }, { plugin: acl, config }], options).send();
}

/** What became of it: the status, and the two headers that name groups. */
function outcome(run: PluginRun): unknown[] {
  const headers = run.upstream?.headers ?? {};
  return [run.status, headers['x-consumer-groups'], headers['x-authenticated-groups']];
}

test('groups that were found out count where there is no consumer', async () => {
  const known = { groups: ['press', 'staff'] };
  assert.deepEqual(outcome(await send({ allow: ['press'] }, known)), [200, undefined, 'press, staff']);
  assert.deepEqual(outcome(await send({ deny: ['x'] }, known)), [200, undefined, 'press, staff']);
  assert.deepEqual(outcome(await send({ allow: ['x'] }, known)), [403, undefined, undefined]);
  assert.deepEqual(outcome(await send({ deny: ['staff'] }, { ...known, credential })), [403, undefined, undefined]);
});

test('without a consumer and without groups the credential alone decides on the status', async () => {
  assert.deepEqual(outcome(await send({ deny: ['x'] }, {})), [401, undefined, undefined]);
  assert.deepEqual(outcome(await send({ deny: ['x'] }, { credential })), [403, undefined, undefined]);
});

test('groups of an anonymous consumer give way to groups that were found out', async () => {
  const known = { consumer: bob, groups: ['press'] };
  assert.deepEqual(outcome(await send({ allow: ['press'] }, known)), [200, undefined, 'press']);
  assert.deepEqual(outcome(await send({ allow: ['staff'] }, known)), [403, undefined, undefined]);
});

test('groups of a known consumer give way only when told so', async () => {
  const known = { consumer: bob, credential, groups: ['press'] };
  assert.deepEqual(outcome(await send({ allow: ['staff'] }, known)), [200, 'staff', undefined]);
  const config = { allow: ['press', 'staff'], always_use_authenticated_groups: true };
  assert.deepEqual(outcome(await send(config, known)), [200, undefined, 'press']);
  assert.deepEqual(outcome(await send(config, { consumer: bob, credential })), [200, 'staff', undefined]);
});

test('the consumer may be named by the credential alone', async () => {
  const known = { credential: { ...credential, consumer_id: bob.id } };
  assert.deepEqual(outcome(await send({ allow: ['staff'] }, known)), [200, 'staff', undefined]);
});

test('a consumer without groups and without a credential is told to say who it is', async () => {
  const carol = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f02' };
  assert.deepEqual(outcome(await send({ allow: ['staff'] }, { consumer: carol })), [401, undefined, undefined]);
  assert.deepEqual(outcome(await send({ deny: ['staff'] }, { consumer: carol })), [200, '', undefined]);
});

test('what a client says of its groups is taken away', async () => {
  const headers = { 'X-Consumer-Groups': 'root', 'X-Authenticated-Groups': 'root' };
  const known = { consumer: bob, credential, headers };
  assert.deepEqual(outcome(await send({ allow: ['staff'] }, known)), [200, 'staff', undefined]);
  assert.deepEqual(outcome(await send({ deny: ['x'] }, { groups: ['a'], headers })), [200, undefined, 'a']);
  const hidden = { allow: ['staff'], hide_groups_header: true };
  assert.deepEqual(outcome(await send(hidden, known)), [200, undefined, undefined]);
});

test('groups that are no list are passed over with a warning', async () => {
  const run = await send({ allow: ['staff'] }, { groups: 'staff' });
  assert.equal(run.status, 401);
  assert.deepEqual(run.logs, [{ level: 'warn', message: '[acl] invalid authenticated_groups, a table was expected' }]);
});

test('answers at once when the groups are cached', () => {
  const host = createFakeHost({ entities });
  const config = { allow: ['staff'], deny: null, hide_groups_header: false, always_use_authenticated_groups: false };
  const instance = { id: 'p1', instanceName: null, routeId: null, serviceId: null, consumerId: null };
  const exchange = createFakeExchange({ consumer: bob, credential }, host);
  assert.equal(acl.setup(host)(config, instance).access?.(exchange.kong), undefined);
});

test('the names that the lists had in Kong 2 are taken', async () => {
  const known = { consumer: bob, credential };
  assert.equal((await send({ whitelist: ['staff'] }, known)).status, 200);
  assert.equal((await send({ blacklist: ['staff'] }, known)).status, 403);
});

test('one list is needed, not both and no empty one', async () => {
  const neither = 'at least one of these fields must be non-empty';
  const one = 'exactly one of these fields must be non-empty';
  await assert.rejects(runPlugin(acl, {}), new RegExp(neither));
  await assert.rejects(runPlugin(acl, { allow: [] }), new RegExp(neither));
  await assert.rejects(runPlugin(acl, { allow: ['a'], deny: ['b'] }), new RegExp(one));
});
