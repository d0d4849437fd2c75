import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { bundledPlugins } from '../../../src/plugins/index.ts';
import type { EntityDefinition } from '../../../src/schema/index.ts';
import {
  type StoreForTests,
  startAdmin,
  type TestAdmin,
  type TestRequest,
  type TestResponse,
} from '../../support/admin.ts';
import { certificateFacts } from './certificates.ts';
import { credentialFacts } from './credentials.ts';
import { keyFacts } from './keys.ts';
import { listFacts } from './lists.ts';
import { nestedFacts } from './nested.ts';
import { nodeFacts } from './node.ts';
import { pluginFacts } from './plugins.ts';
import { routeFacts } from './routes.ts';
import { serverFacts } from './server.ts';
import { serviceFacts } from './services.ts';
import type { Fact } from './table.ts';
import { upstreamFacts } from './upstreams.ts';
import { vaultFacts } from './vaults.ts';

const tables = {
  services: serviceFacts,
  routes: routeFacts,
  'paths with two entities': nestedFacts,
  plugins: pluginFacts,
  upstreams: upstreamFacts,
  certificates: certificateFacts,
  credentials: credentialFacts,
  lists: listFacts,
  server: serverFacts,
  keys: keyFacts,
  vaults: vaultFacts,
  node: nodeFacts,
};

const bundledEntities = bundledPlugins.flatMap((plugin) => (plugin.entities ?? []) as readonly EntityDefinition[]);

/** The facts about the Admin API, which hold over every kind of store; SQLite unless another one is made. */
export function adminFacts(name: string, createStore?: () => Promise<StoreForTests>): void {
  for (const [table, facts] of Object.entries(tables)) {
    describe(`${name}: ${table}`, () => {
      let admin: TestAdmin;
      before(async () => {
        admin = await startAdmin({}, table === 'credentials' ? bundledEntities : undefined, createStore);
      });
      afterEach(() => admin.clear());
      after(() => admin.close());
      for (const fact of facts) it(fact.fact, () => hold(fact, admin));
    });
  }
}

/** Prepares an empty store for one fact, sends the request and looks at everything that was said of it. */
async function hold(fact: Fact, admin: TestAdmin): Promise<void> {
  for (const [request, json] of fact.given ?? []) {
    const prepared = await admin.send(toRequest({ request, ...(json === undefined ? {} : { json }) }));
    assert.ok(prepared.status < 300, `cannot prepare with ${request}: ${prepared.body}`);
  }
  const stored = await admin.dump();
  admin.events.length = 0;
  const answer = await admin.send(toRequest(fact));
  assert.equal(answer.status, fact.status, answer.body);
  checkAnswer(fact, answer);
  await checkEffects(fact, admin, stored);
}

function checkAnswer(fact: Fact, answer: TestResponse): void {
  if ('exact' in fact) assert.deepEqual(JSON.parse(answer.body), fact.exact);
  if ('body' in fact) assertContains(JSON.parse(answer.body), fact.body, 'body');
  for (const [name, wanted] of Object.entries(fact.answerHeaders ?? {})) {
    assertContains(answer.headers[name], wanted, `header ${name}`);
  }
  if (fact.request.startsWith('HEAD ')) assert.equal(answer.body, '');
}

async function checkEffects(fact: Fact, admin: TestAdmin, stored: unknown): Promise<void> {
  const changes = admin.events.flatMap((event) =>
    event.changes.map(({ entity, operation }) => `${operation} ${entity}`),
  );
  if (fact.status >= 400 || fact.request.startsWith('GET ')) {
    assert.deepEqual(await admin.dump(), stored, 'the store changed');
    assert.deepEqual(changes, []);
  }
  if (fact.changes !== undefined) assert.deepEqual(changes, fact.changes);
  if (fact.after !== undefined) {
    const seen = await admin.send({ method: 'GET', path: fact.after.path });
    assert.equal(seen.status, fact.after.status ?? 200, seen.body);
    if ('body' in fact.after) assertContains(JSON.parse(seen.body), fact.after.body, `body of ${fact.after.path}`);
  }
}

type Sent = Pick<Fact, 'request' | 'headers' | 'json' | 'form' | 'multipart' | 'raw'>;

function toRequest({ request, headers, json, form, multipart, raw }: Sent): TestRequest {
  const [method = '', path = ''] = request.split(' ');
  const [type, body] = content(json, form, multipart) ?? [];
  return {
    method,
    path,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined && raw === undefined ? {} : { body: body ?? raw! }),
  };
}

function content(
  json: unknown,
  form: string | undefined,
  multipart: Fact['multipart'],
): [type: string, body: string] | undefined {
  if (json !== undefined) return ['application/json', JSON.stringify(json)];
  if (form !== undefined) return ['application/x-www-form-urlencoded', form];
  if (multipart === undefined) return undefined;
  const parts = multipart.map(
    ([name, value]) => `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return ['multipart/form-data; boundary=xyz', `${parts.join('')}--xyz--\r\n`];
}

/** Records may have more fields than are wanted, lists may not have more elements; a pattern is matched as text. */
function assertContains(actual: unknown, wanted: unknown, path: string): void {
  if (wanted instanceof RegExp) {
    assert.match(String(actual), wanted, path);
  } else if (typeof wanted !== 'object' || wanted === null) {
    assert.deepEqual(actual, wanted, path);
  } else {
    assert.ok(typeof actual === 'object' && actual !== null, `${path} is ${JSON.stringify(actual)}`);
    if (Array.isArray(wanted)) assert.equal((actual as unknown[]).length, wanted.length, `length of ${path}`);
    for (const [name, part] of Object.entries(wanted)) {
      assertContains((actual as { readonly [name: string]: unknown })[name], part, `${path}.${name}`);
    }
  }
}
