import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authority, ecCertificate, ecKey } from '../../entities/pems.fixtures.ts';
import type { FieldErrors } from '../../schema/index.ts';
import { declarationOf, readText } from './declarative.fixtures.ts';
import { describeProblems, type FlattenedError } from './problems.ts';
import { emptyHash } from './text.ts';

function rowsOf(text: string, entity: string): readonly { readonly [field: string]: unknown }[] {
  return (declarationOf(text).rows.get(entity) ?? []).map(({ row }) => row);
}

function errorsOf(text: string): FieldErrors {
  const outcome = readText(text);
  return outcome.ok ? assert.fail('the configuration is good') : outcome.errors;
}

function flattened(text: string): { rows: readonly FlattenedError[]; rest: FieldErrors } {
  const outcome = readText(text);
  return outcome.ok ? assert.fail('the configuration is good') : outcome.flatten();
}

const head = '_format_version: "3.0"\n';

describe('ids', () => {
  const vectors: readonly (readonly [what: string, text: string, entity: string, id: string])[] = [
    ['a service', 'services: [{name: my-service, host: a}]', 'services', '0855b320-0dd2-547d-891d-601e9b38647f'],
    ['another service', 'services: [{name: foo, host: a}]', 'services', '2933fbcc-9d7c-54a7-a984-fe2bde836cea'],
    ['a consumer', 'consumers: [{username: bob}]', 'consumers', 'def4f7d3-9863-5ad2-8fa9-c949bf26f55e'],
  ];
  for (const [what, text, entity, id] of vectors) {
    it(`are made of the name of ${what}, as Kong makes them`, () => {
      assert.equal(rowsOf(head + text, entity)[0]?.id, id);
    });
  }

  it('are the same on each load for what a cache key names', () => {
    const text = `${head}
services:
- {name: a, host: a, plugins: [{name: key-auth}]}
upstreams:
- {name: u, targets: [{target: "a:80"}]}
- {name: v, targets: [{target: "a:80"}]}
`;
    for (const entity of ['plugins', 'targets']) {
      const ids = rowsOf(text, entity).map(({ id }) => id);
      assert.deepEqual(
        ids,
        rowsOf(text, entity).map(({ id }) => id),
      );
      assert.equal(new Set(ids).size, ids.length);
    }
  });

  it('that are given stay, in lower case', () => {
    const text = `${head}services: [{id: 0855B320-0DD2-547D-891D-601E9B38647F, host: a}]`;
    assert.equal(rowsOf(text, 'services')[0]?.id, '0855b320-0dd2-547d-891d-601e9b38647f');
  });
});

describe('forms', () => {
  it('nested rows get their parent, whatever their depth', () => {
    const text = `${head}
services:
- name: s
  host: a
  routes:
  - {name: r, paths: [/], plugins: [{name: limit, config: {minute: 1}}]}
`;
    const [service] = rowsOf(text, 'services');
    const [route] = rowsOf(text, 'routes');
    const [plugin] = rowsOf(text, 'plugins');
    assert.deepEqual(route?.service, { id: service?.id });
    assert.deepEqual(plugin?.route, { id: route?.id });
    assert.equal(plugin?.service, null);
    assert.deepEqual(plugin?.config, { minute: 1, policy: 'local' });
  });

  for (const reference of [
    's',
    '0855b320-0dd2-547d-891d-601e9b38647f',
    '{name: s}',
    '{id: 0855b320-0dd2-547d-891d-601e9b38647f}',
  ]) {
    it(`a flat row may refer to another by ${reference}`, () => {
      const text = `${head}
services: [{id: 0855b320-0dd2-547d-891d-601e9b38647f, name: s, host: a}]
routes: [{name: r, paths: [/], service: ${reference}}]
`;
      assert.deepEqual(rowsOf(text, 'routes')[0]?.service, { id: '0855b320-0dd2-547d-891d-601e9b38647f' });
    });
  }

  it('a nested row may refer to a third one', () => {
    const text = `${head}
consumers: [{username: bob}]
services: [{name: s, host: a, plugins: [{name: key-auth, consumer: bob}]}]
`;
    assert.deepEqual(rowsOf(text, 'plugins')[0]?.consumer, { id: 'def4f7d3-9863-5ad2-8fa9-c949bf26f55e' });
  });

  it('names of a certificate may be texts or rows', () => {
    const text = JSON.stringify({
      _format_version: '3.0',
      certificates: [{ cert: ecCertificate, key: ecKey, snis: ['a.com', { name: 'b.com' }] }],
    });
    const { rows } = declarationOf(text);
    const certificate = rows.get('certificates')![0]!.row;
    assert.deepEqual(
      rows
        .get('snis')!
        .map(({ row }) => row)
        .map(({ name, certificate: owner }) => [name, owner]),
      [
        ['a.com', { id: certificate?.id }],
        ['b.com', { id: certificate?.id }],
      ],
    );
    assert.equal('snis' in certificate, false);
  });

  it('shorthands, defaults and explicit nulls work as on the Admin API', () => {
    const [service] = rowsOf(`${head}services: [{url: "https://a.com/x", retries: null}]`, 'services');
    assert.equal(service?.protocol, 'https');
    assert.equal(service?.port, 443);
    assert.equal(service?.path, '/x');
    assert.equal(service?.retries, null);
    assert.equal(service?.read_timeout, 60_000);
  });

  it('annotations have no meaning', () => {
    const text = `${head}
_comment: one
_ignore: [two, {three: 4}]
services: [{host: a, _comment: five, _ignore: []}]
`;
    assert.equal(rowsOf(text, 'services').length, 1);
    assert.deepEqual(errorsOf(`${head}_comment: 1\n_ignore: x`), {
      _comment: 'expected a string',
      _ignore: 'expected an array',
    });
  });

  it('plugins may share a configuration and add to it', () => {
    const text = `${head}
_plugin_configs: {shared: {minute: 5, policy: x}}
plugins: [{name: limit, _config: shared, config: {policy: y}}]
`;
    assert.deepEqual(rowsOf(text, 'plugins')[0]?.config, { minute: 5, policy: 'y' });
  });

  it('rows of some entities expire, after a time or at a moment', () => {
    const text = `${head}
consumers:
- username: bob
  keyauth_credentials: [{key: a, ttl: 10}, {key: b, ttl: 1800000000.5}, {key: c, ttl: 0}, {key: d}]
`;
    const rows = declarationOf(text).rows.get('keyauth_credentials')!;
    assert.deepEqual(
      rows.map(({ expiresAt }) => expiresAt),
      [1_700_000_010, 1_800_000_000.5, null, null],
    );
  });

  it('the transformations of rows run unless they ran already', () => {
    const config = { _format_version: '3.0', ca_certificates: [{ cert: authority }] };
    assert.match(String(rowsOf(JSON.stringify(config), 'ca_certificates')[0]?.cert_digest), /^[\da-f]{64}$/);
    const dumped = { ...config, _transform: false };
    assert.equal(rowsOf(JSON.stringify(dumped), 'ca_certificates')[0]?.cert_digest, null);
  });

  it('paths of older formats become regular expressions where they look like one', () => {
    const text = (version: string): string => `
_format_version: "${version}"
routes: [{paths: [/plain/../x, "/a/(b)%20%2f"]}]
services: [{host: a, routes: [{paths: ["/v\\\\d+"]}]}]
`;
    assert.deepEqual(
      rowsOf(text('2.1'), 'routes').map(({ paths }) => paths),
      [['~/v\\d+'], ['/x', '~/a/(b) %2F']],
    );
    assert.equal(readText(text('3.0')).ok, false);
  });

  it('a path that YAML repeats is changed once', () => {
    const text = `
_format_version: "1.1"
routes:
- &r {paths: ["/a(b)"]}
- *r
`;
    assert.deepEqual(
      rowsOf(text, 'routes').map(({ paths }) => paths),
      [['~/a(b)'], ['~/a(b)']],
    );
  });

  it('nothing but workspaces counts as empty', () => {
    assert.equal(declarationOf(head).hash, emptyHash);
    assert.equal(declarationOf(`${head}services: []`).hash, emptyHash);
    const named = declarationOf(`${head}workspaces: [{name: default, id: 0855b320-0dd2-547d-891d-601e9b38647f}]`);
    assert.equal(named.hash, emptyHash);
    assert.equal(named.workspaceId, '0855b320-0dd2-547d-891d-601e9b38647f');
  });
});

describe('errors', () => {
  const cases: readonly (readonly [what: string, text: string, errors: FieldErrors])[] = [
    ['no version', 'services: []', { _format_version: 'required field missing' }],
    ['an unknown version', '_format_version: "4.0"', { _format_version: 'expected one of: 1.1, 2.1, 3.0' }],
    ['a version that is a number', '_format_version: 3.0', { _format_version: 'expected a string' }],
    ['an unknown list', `${head}nothings: []`, { nothings: 'unknown field' }],
    ['the view of tags', `${head}tags: []`, { tags: 'unknown field' }],
    ['no list', `${head}services: x`, { services: 'expected an array' }],
    ['no record', `${head}services: [{host: a}, 1]`, { services: [null, 'expected a record'] }],
    [
      'fields, by the number of the row',
      `${head}services: [{host: a}, {name: b}]`,
      { services: [null, { host: 'required field missing' }] },
    ],
    [
      'nested rows',
      `${head}services: [{host: a, routes: [{paths: [/]}, {paths: [x]}]}]`,
      {
        services: [{ routes: [null, { paths: ['should start with: / (fixed path) or ~/ (regex path)'] }] }],
      },
    ],
    [
      'an unknown plugin',
      `${head}plugins: [{name: none}]`,
      { plugins: [{ name: "plugin 'none' not enabled; add it to the 'plugins' configuration property" }] },
    ],
    [
      'a reference to nothing, by the name of the row',
      `${head}routes: [{name: r, paths: [/], service: zz}]`,
      { routes: { r: ["invalid reference 'service: zz' (no such entry in 'services')"] } },
    ],
    [
      'a name that is taken',
      `${head}services: [{name: a, host: a}, {name: a, host: b}]`,
      { services: [null, "uniqueness violation: 'services' entity with name set to 'a' already declared"] },
    ],
    [
      'an id that is taken',
      `${head}routes: [{id: 0855b320-0dd2-547d-891d-601e9b38647f, paths: [/]}, {id: 0855b320-0dd2-547d-891d-601e9b38647f, paths: [/]}]`,
      {
        routes: [
          null,
          "uniqueness violation: 'routes' entity with primary key set to '0855b320-0dd2-547d-891d-601e9b38647f' already declared",
        ],
      },
    ],
    [
      'another unique value that is taken, by the name of the row',
      `${head}consumers: [{username: a, custom_id: x}, {username: b, custom_id: x}]`,
      {
        consumers: {
          b: "uniqueness violation: 'consumers' entity with custom_id set to 'x' already declared",
        },
      },
    ],
    [
      'filters without wasm',
      `${head}services: [{host: a, filter_chains: [{filters: [{name: f}]}]}]`,
      {
        services: [
          { filter_chains: [{ '@entity': ['wasm support is not enabled'], filters: [{ name: 'no such filter' }] }] },
        ],
      },
    ],
    [
      'a life that is no number',
      `${head}consumers: [{username: a, keyauth_credentials: [{ttl: x}]}]`,
      { consumers: [{ keyauth_credentials: [{ ttl: 'must be an integer between 0 and 100000000' }] }] },
    ],
  ];
  for (const [what, text, errors] of cases) {
    it(`name ${what}`, () => assert.deepEqual(JSON.parse(JSON.stringify(errorsOf(text))), errors));
  }

  it('read as lines', () => {
    const text = `${head}services: [{host: a, routes: [{paths: [/], foo: 1}]}]`;
    assert.equal(
      describeProblems(errorsOf(text)),
      "in 'services':\n  - in entry 1 of 'services':\n    in 'routes':\n      - in entry 1 of 'routes':\n        in 'foo': unknown field",
    );
  });
});

describe('flattened errors', () => {
  it('have a row each, with tags, nested ones hoisted', () => {
    const text = `${head}
services:
- name: s
  id: 0855b320-0dd2-547d-891d-601e9b38647f
  tags: ["k8s-name:s"]
  protocol: tcp
  host: a
  path: /x
  plugins:
  - {name: limit, instance_name: p, tags: ["k8s-name:p"]}
`;
    assert.deepEqual(flattened(text), {
      rest: {},
      rows: [
        {
          entity_name: 'limit',
          entity_tags: ['k8s-name:p'],
          entity_type: 'plugin',
          entity: {
            name: 'limit',
            instance_name: 'p',
            tags: ['k8s-name:p'],
            service: { id: '0855b320-0dd2-547d-891d-601e9b38647f' },
          },
          errors: [{ type: 'field', field: 'config.minute', message: 'required field missing' }],
        },
        {
          entity_name: 's',
          entity_id: '0855b320-0dd2-547d-891d-601e9b38647f',
          entity_tags: ['k8s-name:s'],
          entity_type: 'service',
          entity: {
            name: 's',
            id: '0855b320-0dd2-547d-891d-601e9b38647f',
            tags: ['k8s-name:s'],
            protocol: 'tcp',
            host: 'a',
            path: '/x',
          },
          errors: [
            { type: 'field', field: 'path', message: 'value must be null' },
            { type: 'entity', message: "failed conditional validation given value of field 'protocol'" },
          ],
        },
      ],
    });
  });

  it('tell of rows in their relation to others too', () => {
    const text = `${head}
services: [{name: a, host: a}, {name: a, host: b}]
routes: [{name: r, paths: [/], service: zz}]
`;
    assert.deepEqual(
      flattened(text).rows.map(({ entity_type, entity_name, errors }) => [entity_type, entity_name, errors]),
      [
        [
          'service',
          'a',
          [
            {
              type: 'entity',
              message: "uniqueness violation: 'services' entity with name set to 'a' already declared",
            },
          ],
        ],
        ['route', 'r', [{ type: 'entity', message: "invalid reference 'service: zz' (no such entry in 'services')" }]],
      ],
    );
  });

  it('leave behind what belongs to no row', () => {
    const { rows, rest } = flattened(`${head}x: 1\nroutes: y\nservices: [5, {}]`);
    assert.equal(rows.length, 1);
    assert.deepEqual(rest, { x: 'unknown field', routes: 'expected an array', services: ['expected a record'] });
  });
});
