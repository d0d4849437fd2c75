import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestGateway } from '../../support/gateway.ts';
import { fetchAdmin, type Reply } from './fetch-admin.ts';

type Gateway = Awaited<ReturnType<typeof startTestGateway>>;

/** One fact about Kong 3.9.3's `/config`: what is sent on top of a known configuration, and the answer. */
interface Fact {
  readonly fact: string;
  readonly query?: string;
  readonly type?: string;
  readonly body?: string;
  readonly status: number;
  readonly answer?: unknown;
  /** False when the configuration from before must still be there. */
  readonly replaces?: boolean;
}

const known = '_format_version: "3.0"\nservices:\n- name: known\n  host: known.test\n';
const json = 'application/json';
const yaml = 'application/yaml';
const invalid = (message: string, fields: unknown): object => ({
  code: 14,
  name: 'invalid declarative configuration',
  message: `declarative config is invalid: ${message}`,
  fields,
});

const facts: readonly Fact[] = [
  {
    fact: 'takes the configuration as a JSON body',
    type: json,
    body: '{"_format_version":"3.0","services":[{"name":"n","host":"a"}]}',
    status: 201,
    replaces: true,
  },
  {
    fact: 'takes the configuration as a YAML body',
    type: yaml,
    body: '_format_version: "3.0"\nservices: [{name: n, host: a}]',
    status: 201,
    replaces: true,
  },
  {
    fact: 'takes the configuration as YAML in a JSON body',
    type: json,
    body: JSON.stringify({ config: '_format_version: "3.0"\nservices: [{name: n, host: a}]' }),
    status: 201,
    replaces: true,
  },
  {
    fact: 'takes the configuration as JSON in a form',
    type: 'application/x-www-form-urlencoded',
    body: `config=${encodeURIComponent('{"_format_version":"3.0","services":[{"name":"n","host":"a"}]}')}`,
    status: 201,
    replaces: true,
  },
  {
    fact: 'takes the configuration as a part of a multipart body',
    type: 'multipart/form-data; boundary=x',
    body: '--x\r\nContent-Disposition: form-data; name="config"; filename="kong.yml"\r\n\r\n_format_version: "3.0"\nservices: [{name: n, host: a}]\r\n--x--\r\n',
    status: 201,
    replaces: true,
  },
  {
    fact: 'expects a configuration',
    status: 400,
    answer: { message: 'expected a declarative configuration' },
  },
  {
    fact: 'expects a configuration in a form too',
    type: 'application/x-www-form-urlencoded',
    body: '',
    status: 400,
    answer: { message: 'expected a declarative configuration' },
  },
  { fact: 'takes no other content type', type: 'text/plain', body: known, status: 415 },
  {
    fact: 'refuses a JSON body that is none',
    type: json,
    body: '{',
    status: 400,
    answer: { message: 'Cannot parse JSON body' },
  },
  {
    fact: 'refuses a text without an object',
    type: yaml,
    body: 'bread',
    status: 400,
    answer: invalid('{error="failed parsing declarative configuration: expected an object"}', {
      error: 'failed parsing declarative configuration: expected an object',
    }),
  },
  {
    fact: 'answers with the tree of errors',
    type: json,
    body: '{"_format_version":"3.0","services":[{"host":"a"},{"name":"b"}]}',
    status: 400,
    answer: invalid('{services={[2]={host="required field missing"}}}', {
      services: [null, { host: 'required field missing' }],
    }),
  },
  {
    fact: 'flattens errors when asked to',
    query: 'flatten_errors=true',
    type: json,
    body: '{"_format_version":"3.0","services":[{"name":"b","tags":["t"]}]}',
    status: 400,
    answer: {
      ...invalid('{}', {}),
      flattened_errors: [
        {
          entity_name: 'b',
          entity_tags: ['t'],
          entity_type: 'service',
          entity: { name: 'b', tags: ['t'] },
          errors: [{ type: 'field', field: 'host', message: 'required field missing' }],
        },
      ],
    },
  },
  {
    fact: 'leaves a configuration alone that is there already, when asked to look',
    query: 'check_hash=1',
    type: yaml,
    body: known,
    status: 304,
  },
  { fact: 'loads it again otherwise', type: yaml, body: known, status: 201 },
  { fact: 'looks for 1 only', query: 'check_hash=true', type: yaml, body: known, status: 201 },
  {
    fact: 'shows what would change on a dry run, and changes nothing',
    query: 'dry_run=1',
    type: json,
    body: '{"_format_version":"3.0","services":[{"name":"known","host":"other.test"}]}',
    status: 200,
    answer: {
      changes: {
        services: {
          create: [],
          update: [
            {
              id: '2f8b5dbd-4b7b-5d0e-8b4f-000000000000',
              name: 'known',
              changes: { host: { from: 'known.test', to: 'other.test' } },
            },
          ],
          delete: [],
        },
      },
      summary: { create: 0, update: 1, delete: 0 },
    },
  },
];

describe('POST /config', () => {
  let gateway: Gateway;
  const send = (fact: Pick<Fact, 'query' | 'type' | 'body'>): Promise<Reply> =>
    fetchAdmin(gateway, 'POST', `/config${fact.query === undefined ? '' : `?${fact.query}`}`, fact.type, fact.body);

  before(async () => {
    gateway = await startTestGateway({ database: 'off' });
  });
  after(() => gateway.stop());

  for (const fact of facts) {
    it(fact.fact, async () => {
      assert.equal((await send({ type: yaml, body: known })).status, 201);
      const { status, body } = await send(fact);
      assert.equal(status, fact.status, JSON.stringify(body));
      if (fact.answer !== undefined) assert.deepEqual(withoutIds(body), withoutIds(fact.answer));
      const after = await fetchAdmin(gateway, 'GET', '/services');
      const names = after.body.data.map(({ name }: { readonly name: string }) => name);
      assert.deepEqual(names, [fact.replaces === true ? 'n' : 'known']);
    });
  }

  it('answers with the rows by entity and id, without workspaces', async () => {
    const { body } = await send({
      type: json,
      body: JSON.stringify({
        _format_version: '3.0',
        workspaces: [{ name: 'default' }],
        consumers: [{ username: 'bob' }],
      }),
    });
    assert.deepEqual(Object.keys(body), ['consumers']);
    assert.equal(body.consumers['def4f7d3-9863-5ad2-8fa9-c949bf26f55e'].username, 'bob');
  });

  it('tells its hash at /status, and zeros for nothing', async () => {
    await send({ type: yaml, body: known });
    const { body } = await fetchAdmin(gateway, 'GET', '/status');
    assert.match(body.configuration_hash, /^[\da-f]{32}$/);
    assert.equal(body.database, undefined);
    await send({ type: yaml, body: '_format_version: "3.0"' });
    const empty = await fetchAdmin(gateway, 'GET', '/status');
    assert.equal(empty.body.configuration_hash, '0'.repeat(32));
  });

  it('gives back at GET what it can take again', async () => {
    await send({ type: yaml, body: known });
    const shown = await fetchAdmin(gateway, 'GET', '/config');
    const { status, body } = await send({ type: json, body: JSON.stringify(shown.body) });
    assert.equal(status, 201);
    const again = await fetchAdmin(gateway, 'GET', '/config');
    assert.deepEqual(again.body, shown.body);
    assert.equal(Object.keys(body.services).length, 1);
  });
});

/** Ids follow from names; which they are is another test's matter. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'id' ? 'id' : part)));
}
