import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { type StoreForTests, startAdmin, type TestAdmin } from '../../support/admin.ts';

type Entity = { readonly [field: string]: unknown };

const name = fc.stringMatching(/^[a-zA-Z0-9][\w.~-]{0,20}$/);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((given) => !/\p{C}/u.test(given));
const tags = fc.option(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,6}[ é:-][a-z]{1,6}$/), { maxLength: 3 }));
const path = fc.stringMatching(/^\/[a-z0-9_-]{0,10}$/);
const milliseconds = fc.integer({ min: 1, max: 2 ** 31 - 2 });

const entities: { readonly [path: string]: fc.Arbitrary<Entity> } = {
  '/services': fc.record(
    {
      name,
      host: fc.constantFrom('a.test', '10.0.0.1', 'up'),
      port: fc.integer({ min: 0, max: 65535 }),
      protocol: fc.constantFrom('http', 'https', 'tcp', 'grpc'),
      retries: fc.integer({ min: 0, max: 32767 }),
      connect_timeout: milliseconds,
      read_timeout: milliseconds,
      enabled: fc.boolean(),
      tags,
    },
    { requiredKeys: ['host'] },
  ),
  '/routes': fc.record(
    {
      name,
      paths: fc.array(path, { minLength: 1, maxLength: 3 }),
      hosts: fc.option(fc.array(fc.constantFrom('a.test', '*.b.test', 'c.test:80'), { maxLength: 2 })),
      methods: fc.option(fc.uniqueArray(fc.constantFrom('GET', 'POST', 'PURGE'), { maxLength: 3 })),
      headers: fc.option(
        fc.dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), fc.array(name, { minLength: 1, maxLength: 2 })),
      ),
      strip_path: fc.boolean(),
      preserve_host: fc.boolean(),
      regex_priority: fc.integer({ min: -1000, max: 1000 }),
      path_handling: fc.constantFrom('v0', 'v1'),
      https_redirect_status_code: fc.constantFrom(426, 301, 302, 307, 308),
      tags,
    },
    { requiredKeys: ['paths'] },
  ),
  '/consumers': fc.record({ username: text, custom_id: fc.option(text), tags }, { requiredKeys: ['username'] }),
  '/upstreams': fc.record(
    {
      name: fc.constantFrom('a.test', 'up', 'up-2'),
      slots: fc.integer({ min: 10, max: 65536 }),
      algorithm: fc.constantFrom('round-robin', 'least-connections', 'latency'),
      host_header: fc.option(fc.constantFrom('a.test', 'b.test:8080')),
      healthchecks: fc.record({
        threshold: fc.double({ min: 0, max: 100, noNaN: true }),
        active: fc.record({
          timeout: fc.double({ min: 0, max: 65535, noNaN: true }),
          concurrency: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
          headers: fc.option(fc.dictionary(fc.stringMatching(/^[\w-]{1,9}$/), fc.array(name, { maxLength: 2 }))),
        }),
      }),
      tags,
    },
    { requiredKeys: ['name'] },
  ),
  '/plugins': fc.record({
    name: fc.constant('stamp'),
    enabled: fc.boolean(),
    config: fc.record(
      {
        header: text,
        minute: fc.option(fc.integer({ min: 1, max: 100 })),
        ratio: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((ratio) => ratio + 0)),
        methods: fc.option(fc.uniqueArray(fc.constantFrom('GET', 'POST'))),
        codes: fc.option(fc.array(fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }), { maxLength: 3 })),
        labels: fc.option(fc.dictionary(text, text, { maxKeys: 3 })),
      },
      { requiredKeys: [] },
    ),
    tags,
  }),
};

/** Whatever is put reads the same, and can be put again, over every kind of store; SQLite unless another one is made. */
export function adminIdentity(name: string, createStore?: () => Promise<StoreForTests>): void {
  describe(`${name}: whatever is PUT`, () => {
    let admin: TestAdmin;
    before(async () => {
      admin = await startAdmin({}, undefined, createStore);
    });
    after(() => admin.close());

    async function send(method: string, target: string, entity?: Entity): Promise<Entity> {
      const answer = await admin.send({
        method,
        path: target,
        ...(entity === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(entity) }),
      });
      assert.equal(answer.status, 200, answer.body);
      return JSON.parse(answer.body) as Entity;
    }

    for (const [list, arbitrary] of Object.entries(entities)) {
      it(`is what GET shows, and may be PUT again: ${list}`, async () => {
        const one = `${list}/${randomUUID()}`;
        const identity = fc.asyncProperty(arbitrary, async (given) => {
          const put = await send('PUT', one, given);
          assert.deepEqual(await send('GET', one), put);
          assert.deepEqual(withoutTimes(await send('PUT', one, put)), withoutTimes(put));
          assertHolds(put, JSON.parse(JSON.stringify(given)) as Entity);
        });
        await fc.assert(identity, { numRuns: 40 });
      });
    }
  });
}

/** A row that was replaced by what it was has another time of its last change. */
function withoutTimes({ updated_at: _, ...kept }: Entity): Entity {
  return kept;
}

/** Everything that was given is shown as it was given; more may be shown beside it. */
function assertHolds(shown: unknown, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    assert.deepEqual(shown, given);
    return;
  }
  for (const [key, value] of Object.entries(given)) assertHolds((shown as Entity)[key], value);
}
