import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { createManualClock, silentLogger } from '../../../kernel/index.ts';
import { createDatabase, type Database } from '../../database.ts';
import { createTestEnvironment, declarationOf, definitions } from '../../declarative/declarative.fixtures.ts';
import { createOffStrategy, type OffStrategy } from './index.ts';

const workspaceId = '0dc6f45b-8f8d-40d2-a504-473544ee190b';
const clock = createManualClock();

const first = declarationOf(`
_format_version: "3.0"
services:
- {name: a, host: a.test, tags: [x, "y z"]}
- {name: b, host: b.test, tags: [x], routes: [{name: r, paths: [/]}]}
consumers:
- username: bob
  custom_id: "7"
  keyauth_credentials: [{key: k, ttl: 60}]
plugins:
- {name: key-auth}
upstreams:
- {name: u, targets: [{target: "b:1"}, {target: "a:1"}]}
`);

function must<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: object }): T {
  return result.ok ? result.value : assert.fail(JSON.stringify(result.error));
}

describe('a store without a database', () => {
  let strategy: OffStrategy;
  let database: Database;

  beforeEach(async () => {
    strategy = createOffStrategy({ clock, workspaceId });
    database = await createDatabase({
      strategy,
      entities: definitions,
      environment: createTestEnvironment(),
      onEvent: () => assert.fail('nobody writes'),
      clock,
      logger: silentLogger,
    });
  });

  it('holds nothing but the default workspace at first', async () => {
    assert.deepEqual(must(await database.dao('services').page()).rows, []);
    assert.equal(must(await database.dao('workspaces').select(workspaceId))?.name, 'default');
    assert.equal(await database.reachable(), true);
  });

  it('finds rows by id, name, cache key, parent and tag', async () => {
    strategy.replace(first);
    const services = database.dao('services');
    const b = must(await services.selectBy('name', 'b'));
    assert.deepEqual(must(await services.select(String(b?.id))), b);
    assert.equal(must(await database.dao('consumers').selectBy('custom_id', '7'))?.username, 'bob');
    assert.equal(must(await database.dao('plugins').selectByCacheKey('key-auth', '', '', ''))?.name, 'key-auth');
    const routes = must(await database.dao('routes').pageFor('service', String(b?.id)));
    assert.deepEqual(
      routes.rows.map(({ name }) => name),
      ['r'],
    );
    const both = must(await services.page({ tags: { tags: ['x', 'y z'], mode: 'and' } }));
    assert.deepEqual(
      both.rows.map(({ name }) => name),
      ['a'],
    );
    assert.equal(must(await services.page({ tags: { tags: ['x', 'y z'], mode: 'or' } })).rows.length, 2);
    assert.equal(must(await database.dao('tags').pageFor('tag', 'x')).rows.length, 2);
    assert.deepEqual(await database.dao('plugins').distinct('name'), ['key-auth']);
    assert.equal(must(await services.selectBy('name', 'zz')), undefined);
  });

  it('pages through rows in the order of their ids', async () => {
    strategy.replace(first);
    const services = database.dao('services');
    const page = must(await services.page({ size: 1 }));
    const rest = must(await services.page({ size: 1, offset: page.offset! }));
    const ids = [...page.rows, ...rest.rows].map(({ id }) => String(id));
    assert.deepEqual(ids, [...ids].sort());
    assert.equal(rest.offset, undefined);
    const tags = must(await database.dao('tags').page({ size: 2 }));
    assert.equal(must(await database.dao('tags').page({ size: 2, offset: tags.offset! })).rows.length, 1);
  });

  it('lets rows expire', async () => {
    strategy.replace(first);
    const dao = database.dao('keyauth_credentials');
    assert.equal(must(await dao.selectBy('key', 'k'))?.ttl, 60);
    clock.advance(61_000);
    assert.equal(must(await dao.selectBy('key', 'k')), undefined);
  });

  it('judges writes as usual and then refuses them with code 12', async () => {
    strategy.replace(first);
    const services = database.dao('services');
    const { id } = must(await services.selectBy('name', 'a'))!;
    const text = async (write: Promise<{ ok: boolean; error?: { code: number; message: string } }>) => {
      const { error } = await write;
      return `${error?.code} ${error?.message}`;
    };
    const given = { host: 'x.test' };
    assert.equal(await text(services.insert(given)), "12 cannot create 'services' entities when not using a database");
    assert.match(await text(services.insert({})), /^2 /);
    assert.equal(
      await text(services.update(String(id), given)),
      "12 cannot update 'services' entities when not using a database",
    );
    assert.equal(
      await text(services.updateBy('name', 'a', given)),
      "12 cannot update 'services' entities by 'name' when not using a database",
    );
    assert.equal(
      await text(services.upsert(String(id), given)),
      "12 cannot create or update 'services' entities when not using a database",
    );
    assert.equal(
      await text(services.upsertBy('name', 'new', given)),
      "12 cannot create or update 'services' entities by 'name' when not using a database",
    );
    assert.equal(
      await text(services.delete(String(id))),
      "12 cannot remove 'services' entities when not using a database",
    );
    assert.deepEqual(await services.delete('ffffffff-0000-4000-8000-00000000000f'), { ok: true, value: false });
    assert.match(await text(services.updateBy('name', 'zz', given)), /^6 /);
  });

  it('says what a new configuration changes: deletions from the leaves, additions from the roots', () => {
    const created = strategy.replace(first).map(({ entity, operation }) => `${operation} ${entity}`);
    assert.deepEqual(created.slice(0, 3), ['create consumers', 'create services', 'create services']);
    const next = declarationOf(`
_format_version: "3.0"
services: [{name: a, host: a.test, tags: [x, "y z"]}, {name: c, host: c.test}]
upstreams: [{name: u, slots: 20}]
`);
    const changes = strategy
      .replace(next)
      .map(
        ({ entity, operation, row }) =>
          `${operation} ${entity} ${String(row.name ?? row.target ?? row.key ?? row.username)}`,
      );
    assert.deepEqual([...changes].sort(), [
      'create services c',
      'delete consumers bob',
      'delete keyauth_credentials k',
      'delete plugins key-auth',
      'delete routes r',
      'delete services b',
      'delete targets a:1',
      'delete targets b:1',
      'update upstreams u',
    ]);
    const at = (text: string): number => changes.indexOf(text);
    assert.ok(at('delete routes r') < at('delete services b'));
    assert.ok(at('delete keyauth_credentials k') < at('delete consumers bob'));
  });

  it('keeps rows that say the same, with their time stamps', async () => {
    strategy.replace(first);
    const before = must(await database.dao('services').selectBy('name', 'a'));
    const again = {
      ...first,
      rows: new Map(
        [...first.rows].map(([entity, rows]) => [
          entity,
          rows.map(({ row, expiresAt }) => ({
            row: { ...row, ...('updated_at' in row ? { updated_at: 5 } : {}) },
            expiresAt,
          })),
        ]),
      ),
    };
    assert.deepEqual(strategy.compare(again), []);
    assert.deepEqual(strategy.replace(again), []);
    assert.deepEqual(must(await database.dao('services').selectBy('name', 'a')), before);
  });
});
