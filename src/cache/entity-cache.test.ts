import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../kernel/index.ts';
import { defineEntity, f, type Row } from '../schema/index.ts';
import { createEntityCache, type EntityCacheOptions, type RowRequest } from './entity-cache.ts';
import { createSharedCacheBuffer, openSharedCache } from './shared-cache.ts';

const ws = '0dc6f45b-8f8d-40d2-a504-473544ee190b';
const credentials = defineEntity({
  name: 'keyauth_credentials',
  primary_key: ['id'],
  cache_key: ['key'],
  endpoint_key: 'key',
  workspaceable: true,
  ttl: true,
  fields: { id: f.string(), key: f.string({ unique: true }), tag: f.string() },
});
const consumers = defineEntity({
  name: 'consumers',
  primary_key: ['id'],
  endpoint_key: 'username',
  workspaceable: true,
  fields: { id: f.string(), username: f.string({ unique: true }), note: f.string() },
});
const acls = defineEntity({
  name: 'acls',
  primary_key: ['id'],
  cache_key: ['consumer', 'group'],
  workspaceable: true,
  fields: { id: f.string(), consumer: f.foreign('consumers'), group: f.string() },
});

function textOf(request: RowRequest): string {
  if (request.by === 'cache_key') return `${request.entity} ${request.values.join('/')}`;
  if (request.by === 'id') return `${request.entity} id ${request.id}`;
  if (request.by === 'parent') return `${request.entity} of ${request.field} ${request.id}`;
  return `${request.entity} ${request.field} ${request.value}`;
}

/** A store that the test fills; every read is noted, and can be held back or made to fail. */
function createStore() {
  const rows = new Map<string, Row>();
  const asked: string[] = [];
  let gate: Promise<void> | undefined;
  let fault: Error | undefined;
  return {
    rows,
    asked,
    fail: (reason: Error | undefined) => {
      fault = reason;
    },
    /** Holds back what was read, until the returned function is called: changes meanwhile come too late for it. */
    hold: () => {
      let open = (): void => {};
      gate = new Promise((resolve) => {
        open = () => {
          gate = undefined;
          resolve();
        };
      });
      return () => open();
    },
    fetch: async (request: RowRequest): Promise<Row | undefined> => {
      asked.push(textOf(request));
      const row = rows.get(textOf(request));
      if (gate !== undefined) await gate;
      if (fault !== undefined) throw fault;
      return row === undefined ? undefined : { ...row };
    },
  };
}

function setUp(options: Partial<EntityCacheOptions> = {}) {
  const clock = createManualClock();
  const store = createStore();
  const cache = createEntityCache({ fetch: store.fetch, clock, workspaceId: ws, ...options });
  return { clock, ...store, cache, reader: cache.reader(credentials), people: cache.reader(consumers) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const abc = { id: '1', key: 'abc', tag: 'v1' };

describe('entity cache', () => {
  it('asks the store once, then answers at once with the same row', async () => {
    const { reader, rows, asked, cache } = setUp();
    rows.set('keyauth_credentials abc', abc);
    const first = reader.find('abc');
    assert.ok(first instanceof Promise);
    const row = await first;
    assert.deepEqual(row, abc);
    assert.equal(reader.find('abc'), row);
    assert.ok(Object.isFrozen(row));
    assert.deepEqual(asked, ['keyauth_credentials abc']);
    assert.equal(cache.size, 1);
  });

  it('remembers misses, apart from the rows', async () => {
    const { reader, rows, asked } = setUp({ capacity: 2, missCapacity: 2 });
    rows.set('keyauth_credentials abc', abc);
    await reader.find('abc');
    for (const key of ['x', 'y', 'z']) assert.equal(await reader.find(key), undefined);
    assert.equal(reader.find('z'), undefined);
    assert.deepEqual(reader.find('abc'), abc, 'guesses push no row out');
    assert.equal(asked.length, 4);
    assert.ok(reader.find('x') instanceof Promise, 'the oldest miss was forgotten');
  });

  it('asks once for many at the same time', async () => {
    const { reader, rows, asked, hold } = setUp();
    rows.set('keyauth_credentials abc', abc);
    const open = hold();
    const all = [reader.find('abc'), reader.find('abc'), reader.findBy('key', 'abc')];
    await settled();
    open();
    const [one, ...others] = await Promise.all(all.map(async (outcome) => outcome));
    assert.deepEqual(one, abc);
    assert.ok(others.every((other) => other === one));
    assert.equal(asked.length, 1);
  });

  it('finds by id, by unique field and by several values', async () => {
    const { cache, reader, people, rows, asked } = setUp();
    const groups = cache.reader(acls);
    rows.set('keyauth_credentials id 1', abc);
    rows.set('consumers 7', { id: '7', username: 'bob' });
    rows.set('consumers username bob', { id: '7', username: 'bob' });
    rows.set('acls 7/staff', { id: '9', consumer: { id: '7' }, group: 'staff' });
    assert.equal((await reader.findById('1'))?.key, 'abc');
    assert.equal((await people.findById('7'))?.username, 'bob');
    assert.equal(people.find('7'), people.findById('7'), 'the id is the cache key');
    assert.equal(people.findBy('id', '7'), people.findById('7'));
    assert.equal((await people.findBy('username', 'bob'))?.id, '7');
    assert.equal((await groups.find('7', 'staff'))?.id, '9');
    assert.equal(asked.length, 4);
    assert.throws(() => people.findBy('note', 'x'), { code: 'ERR_CACHE_FIELD' });
  });

  it('lists the rows of a parent until one of them changes', async () => {
    const { cache, rows, asked } = setUp();
    const groups = cache.reader(acls);
    const staff = { id: '9', consumer: { id: '7' }, group: 'staff' };
    const guests = { id: '8', consumer: { id: '7' }, group: 'guests' };
    rows.set('acls of consumer 7', { rows: [staff] });
    const list = await groups.findAllFor('consumer', '7');
    assert.deepEqual(list, [staff]);
    assert.equal(groups.findAllFor('consumer', '7'), list);
    assert.deepEqual(await groups.findAllFor('consumer', '6'), []);
    assert.deepEqual(groups.findAllFor('consumer', '6'), []);
    assert.deepEqual(asked, ['acls of consumer 7', 'acls of consumer 6']);

    rows.set('acls of consumer 7', { rows: [guests, staff] });
    cache.invalidate({ entity: 'acls', operation: 'create', row: guests });
    assert.deepEqual(await groups.findAllFor('consumer', '7'), [guests, staff]);
    rows.set('acls of consumer 7', { rows: [] });
    cache.invalidate({ entity: 'acls', operation: 'update', row: { ...guests, consumer: { id: '6' } }, old: guests });
    assert.deepEqual(await groups.findAllFor('consumer', '7'), []);
    assert.ok(groups.findAllFor('consumer', '6') instanceof Promise);
    assert.throws(() => groups.findAllFor('group', 'staff'), { code: 'ERR_CACHE_FIELD' });
  });

  it('keeps rows no longer than their own time to live, and than that of the cache', async () => {
    const own = setUp();
    own.rows.set('keyauth_credentials abc', { ...abc, ttl: 10 });
    await own.reader.find('abc');
    own.clock.advance(9_999);
    assert.ok(!(own.reader.find('abc') instanceof Promise));
    own.clock.advance(1);
    own.rows.delete('keyauth_credentials abc');
    assert.equal(await own.reader.find('abc'), undefined);

    const general = setUp({ ttl: 60, missTtl: 5 });
    general.rows.set('keyauth_credentials abc', abc);
    await general.reader.find('abc');
    await general.reader.find('nobody');
    general.clock.advance(5_000);
    assert.ok(general.reader.find('nobody') instanceof Promise);
    general.clock.advance(54_999);
    assert.ok(!(general.reader.find('abc') instanceof Promise));
    general.clock.advance(1);
    assert.ok(general.reader.find('abc') instanceof Promise);
  });

  it('passes a failure of the store on and keeps nothing of it', async () => {
    const { reader, rows, fail } = setUp();
    fail(new Error('store down'));
    await assert.rejects(async () => reader.find('abc'), /store down/);
    fail(undefined);
    rows.set('keyauth_credentials abc', abc);
    assert.deepEqual(await reader.find('abc'), abc);
  });

  it('lives on an old row while the store fails, but not on one whose own time is over', async () => {
    const { clock, reader, people, rows, fail, asked } = setUp({ ttl: 60, resurrectTtl: 30 });
    rows.set('consumers 7', { id: '7', username: 'bob' });
    rows.set('keyauth_credentials abc', { ...abc, ttl: 60 });
    await people.find('7');
    await reader.find('abc');
    clock.advance(60_000);
    fail(new Error('store down'));
    assert.equal((await people.find('7'))?.username, 'bob');
    await assert.rejects(async () => reader.find('abc'), /store down/);
    asked.length = 0;
    clock.advance(29_999);
    assert.ok(!(people.find('7') instanceof Promise));
    assert.deepEqual(asked, []);
    clock.advance(1);
    fail(undefined);
    rows.set('consumers 7', { id: '7', username: 'robert' });
    assert.equal((await people.find('7'))?.username, 'robert');
  });
});

describe('invalidation', () => {
  it('forgets a row under all its keys, old and new, and the misses of what it became', async () => {
    const { cache, people, rows } = setUp();
    rows.set('consumers 7', { id: '7', username: 'bob' });
    rows.set('consumers username bob', { id: '7', username: 'bob' });
    await people.find('7');
    await people.findBy('username', 'bob');
    await people.findBy('username', 'robert');
    const robert = { id: '7', username: 'robert' };
    rows.set('consumers 7', robert);
    rows.delete('consumers username bob');
    rows.set('consumers username robert', robert);
    cache.invalidate({ entity: 'consumers', operation: 'update', row: robert, old: { id: '7', username: 'bob' } });
    assert.deepEqual(
      [await people.find('7'), await people.findBy('username', 'bob'), await people.findBy('username', 'robert')],
      [robert, undefined, robert],
    );
    cache.invalidate({ entity: 'consumers', operation: 'delete', row: robert });
    assert.equal(cache.size, 0);
  });

  it('leaves other rows and other entities alone', async () => {
    const { cache, reader, people, rows } = setUp();
    rows.set('consumers 7', { id: '7', username: 'bob' });
    rows.set('keyauth_credentials abc', abc);
    await people.find('7');
    await reader.find('abc');
    cache.invalidate({ entity: 'consumers', operation: 'create', row: { id: '8', username: 'eve' } });
    cache.invalidate({ entity: 'routes', operation: 'delete', row: { id: '7' } });
    assert.equal(cache.size, 2);
  });

  it('does not keep what was read before it, nor give it to those who ask after it', async () => {
    const { cache, reader, rows, asked, hold } = setUp();
    rows.set('keyauth_credentials abc', abc);
    const open = hold();
    const early = reader.find('abc');
    await settled();
    const changed = { ...abc, tag: 'v2' };
    rows.set('keyauth_credentials abc', changed);
    cache.invalidate({ entity: 'keyauth_credentials', operation: 'update', row: changed, old: abc });
    const late = reader.find('abc');
    open();
    assert.equal((await early)?.tag, 'v1');
    assert.equal((await late)?.tag, 'v2');
    const kept = reader.find('abc');
    assert.ok(!(kept instanceof Promise));
    assert.equal(kept?.tag, 'v2');
    assert.equal(asked.length, 2);
  });

  it('does not keep a miss that was read before it', async () => {
    const { cache, reader, rows, hold } = setUp();
    const open = hold();
    const early = reader.find('abc');
    await settled();
    rows.set('keyauth_credentials abc', abc);
    cache.invalidate({ entity: 'keyauth_credentials', operation: 'create', row: abc });
    open();
    assert.equal(await early, undefined);
    assert.deepEqual(await reader.find('abc'), abc);
  });

  it('clears everything, also what is being read', async () => {
    const { cache, reader, rows, hold } = setUp();
    rows.set('keyauth_credentials old', abc);
    await reader.find('old');
    rows.set('keyauth_credentials abc', abc);
    const open = hold();
    const early = reader.find('abc');
    await settled();
    cache.clear();
    open();
    await early;
    assert.equal(cache.size, 0);
  });
});

describe('two workers over shared memory', () => {
  function setUpTwo() {
    const clock = createManualClock();
    const store = createStore();
    const buffers = [createSharedCacheBuffer(64 * 1024), createSharedCacheBuffer(64 * 1024)] as const;
    const workers = [0, 1].map(() => {
      const cache = createEntityCache({
        fetch: store.fetch,
        clock,
        workspaceId: ws,
        shared: openSharedCache(buffers[0], clock),
        sharedMisses: openSharedCache(buffers[1], clock),
      });
      return { cache, reader: cache.reader(credentials) };
    });
    return { clock, ...store, one: workers[0]!, two: workers[1]! };
  }

  it('one has at once what the other read: rows, misses and their time', async () => {
    const { clock, one, two, rows, asked } = setUpTwo();
    rows.set('keyauth_credentials abc', { ...abc, ttl: 10 });
    await one.reader.find('abc');
    await one.reader.find('nobody');
    assert.deepEqual(two.reader.find('abc'), { ...abc, ttl: 10 });
    assert.ok(Object.isFrozen(two.reader.find('abc')));
    assert.equal(two.reader.find('nobody'), undefined);
    assert.equal(asked.length, 2);
    clock.advance(10_000);
    assert.ok(two.reader.find('abc') instanceof Promise);
  });

  it('a change that reaches one of them keeps the other from sharing what it read before', async () => {
    const { one, two, rows, hold } = setUpTwo();
    rows.set('keyauth_credentials abc', abc);
    const open = hold();
    const early = two.reader.find('abc');
    await settled();
    const changed = { ...abc, tag: 'v2' };
    rows.set('keyauth_credentials abc', changed);
    const change = { entity: 'keyauth_credentials', operation: 'update', row: changed, old: abc } as const;
    one.cache.invalidate(change);
    open();
    assert.equal((await early)?.tag, 'v1');
    assert.equal((await one.reader.find('abc'))?.tag, 'v2', 'nothing stale was shared');
    two.cache.invalidate(change);
    assert.equal((await two.reader.find('abc'))?.tag, 'v2');
  });

  it('the same for a miss', async () => {
    const { one, two, rows, hold } = setUpTwo();
    const open = hold();
    const early = two.reader.find('abc');
    await settled();
    rows.set('keyauth_credentials abc', abc);
    one.cache.invalidate({ entity: 'keyauth_credentials', operation: 'create', row: abc });
    open();
    assert.equal(await early, undefined);
    assert.deepEqual(await one.reader.find('abc'), abc);
  });
});
