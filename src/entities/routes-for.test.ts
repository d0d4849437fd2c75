import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSchema, type Row, type SchemaEnvironment } from '../schema/index.ts';
import { coreEntities, coreEntitiesFor, type RouterFlavor, routes } from './index.ts';

const environment: SchemaEnvironment = {
  now: () => 1_700_000_000_123,
  uuid: () => '11111111-1111-4111-8111-111111111111',
  randomString: () => 'random',
  subschema: () => undefined,
  foreign: () => undefined,
};

/** Takes every expression but "bad". */
const check = (expression: string, protocols: unknown) =>
  expression === 'bad' ? `bad for ${String(protocols)}` : undefined;

function insert(flavor: RouterFlavor, given: Row) {
  const definition = coreEntitiesFor(flavor, check).find(({ name }) => name === 'routes')!;
  return createSchema(definition, environment).insert(given);
}

function errorsOf(flavor: RouterFlavor, given: Row): unknown {
  const outcome = insert(flavor, given);
  return outcome.ok ? undefined : outcome.errors;
}

const entity = (text: string) => ({ '@entity': [text] });
const failed = (reason: string) => entity(`Router Expression failed validation: ${reason}`);
const fields = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations'";

describe('routes of the flavour expressions', () => {
  test('have an expression and a priority', () => {
    const outcome = insert('expressions', { expression: 'good', priority: 7 });
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value['expression'], outcome.value['priority']], ['good', 7]);
    const plain = insert('expressions', { paths: ['/'] });
    assert.ok(plain.ok);
    assert.deepEqual([plain.value['expression'], plain.value['priority']], [null, 0]);
  });

  const facts: readonly (readonly [given: Row, errors: object | undefined])[] = [
    [{ expression: 'bad' }, failed('bad for http,https')],
    [{ expression: 'good', regex_priority: 0, priority: 0 }, undefined],
    [{ expression: 'good', paths: ['/'] }, failed(`cannot set 'expression' with ${fields} simultaneously`)],
    [{ expression: 'good', paths: [] }, undefined],
    [{ expression: 'good', regex_priority: 1 }, failed("cannot set 'regex_priority' with 'expression' simultaneously")],
    [{ paths: ['/'], priority: 1 }, failed(`cannot set 'priority' with ${fields} simultaneously`)],
    [{ paths: ['/'], regex_priority: 1 }, undefined],
    [{ paths: ['/'], sources: [{ ip: '10.0.0.0/8' }] }, undefined],
    [{ protocols: ['grpc'], hosts: ['a.test'], destinations: [{ port: 1 }], strip_path: false }, undefined],
    [{ protocols: ['grpcs'], expression: 'good', strip_path: false }, undefined],
    [{ protocols: ['tcp'], expression: 'good' }, undefined],
    [{ protocols: ['tls_passthrough'], expression: 'good' }, undefined],
    [{ protocols: ['tcp'], expression: 'bad' }, failed('bad for tcp')],
    [{ paths: ['/'], headers: { x: ['~*('] } }, failed('pcre2_compile() failed: missing closing parenthesis in "("')],
    [
      {},
      entity(
        "must set one of 'methods', 'hosts', 'headers', 'paths', 'snis', 'expression' when 'protocols' is 'https'",
      ),
    ],
    [
      { protocols: ['udp'] },
      entity(
        "must set one of 'sources', 'destinations', 'snis', 'expression' when 'protocols' is 'tcp', 'tls' or 'udp'",
      ),
    ],
    [{ expression: 'good', priority: 2 ** 46 }, { priority: 'value should be between 0 and 70368744177663' }],
  ];
  for (const [given, errors] of facts) {
    test(`${errors === undefined ? 'take' : 'refuse'} ${JSON.stringify(given)}`, () => {
      assert.deepEqual(errorsOf('expressions', given), errors);
    });
  }
});

describe('routes of other flavours', () => {
  test('have no expression', () => {
    for (const flavor of ['traditional', 'traditional_compatible'] as const) {
      assert.deepEqual(errorsOf(flavor, { paths: ['/'], expression: 'good' }), { expression: 'unknown field' });
    }
  });

  test('have wildcards in server names unless they are traditional', () => {
    const given = { snis: ['*.a.test'], protocols: ['https'] };
    assert.equal(errorsOf('traditional_compatible', given), undefined);
    assert.notEqual(errorsOf('traditional', given), undefined);
  });

  test('are the usual ones', () => {
    assert.deepEqual(coreEntitiesFor('traditional_compatible', check), coreEntities);
    assert.ok(coreEntities.includes(routes));
  });
});
