import { type Fact, violation } from './table.ts';

/** Vaults (Kong 3.9.3). */
export const vaultFacts: readonly Fact[] = [
  {
    fact: 'the environment may be set up under a prefix',
    request: 'POST /vaults',
    json: { prefix: 'my-env', name: 'env', description: 'mine', config: { prefix: 'APP_' } },
    status: 201,
    body: { prefix: 'my-env', name: 'env', config: { prefix: 'APP_' }, description: 'mine', tags: null },
    changes: ['create vaults'],
  },
  {
    fact: 'a vault is found, changed and replaced by its prefix',
    given: [['POST /vaults', { prefix: 'my-env', name: 'env' }]],
    request: 'PATCH /vaults/my-env',
    json: { config: { prefix: 'x' } },
    status: 200,
    body: { prefix: 'my-env', config: { prefix: 'x' } },
  },
  {
    fact: 'only installed vaults can be set up',
    request: 'POST /vaults',
    json: { prefix: 'aws-us', name: 'aws' },
    status: 400,
    exact: violation("name: vault 'aws' is not installed", { name: "vault 'aws' is not installed" }),
  },
  {
    fact: 'a prefix must not be the name of a vault',
    request: 'POST /vaults',
    json: { prefix: 'env', name: 'env' },
    status: 400,
    body: { fields: { prefix: 'must not be one of: env' } },
  },
  {
    fact: 'a prefix starts with a letter',
    request: 'POST /vaults',
    json: { prefix: '1x', name: 'env' },
    status: 400,
    body: { fields: { prefix: 'invalid value: 1x' } },
  },
  {
    fact: 'a prefix of variables has no other characters',
    request: 'POST /vaults',
    json: { prefix: 'my-env', name: 'env', config: { prefix: '%' } },
    status: 400,
    body: { fields: { config: { prefix: 'invalid value: %' } } },
  },
  {
    fact: 'a prefix is taken once',
    given: [['POST /vaults', { prefix: 'my-env', name: 'env' }]],
    request: 'POST /vaults',
    json: { prefix: 'my-env', name: 'env' },
    status: 409,
    body: { code: 5, fields: { prefix: 'my-env' } },
  },
  {
    fact: 'GET /schemas/vaults/{name} shows the rules of a vault',
    request: 'GET /schemas/vaults/env',
    status: 200,
    body: {
      fields: [{ config: { type: 'record', fields: [{ prefix: { type: 'string', match: '^[%a_-][%a%d_-]*$' } }] } }],
    },
  },
  {
    fact: 'GET /schemas/vaults/{name} knows no other vault',
    request: 'GET /schemas/vaults/aws',
    status: 404,
    exact: { message: "No vault named 'aws'" },
  },
  {
    fact: 'POST /schemas/vaults/validate judges a vault',
    request: 'POST /schemas/vaults/validate',
    json: { prefix: 'my-env', name: 'env' },
    status: 200,
    exact: { message: 'schema validation successful' },
  },
];
