import { generateKeyPairSync } from 'node:crypto';
import { type Fact, ids, type Step, violation } from './table.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = {
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  public_key: publicKey.export({ type: 'spki', format: 'pem' }) as string,
};
const jwk = (kid: string): string => JSON.stringify({ ...publicKey.export({ format: 'jwk' }), kid });

const set = (name: string, id: string): Step => ['POST /key-sets', { name, id }];

/** Keys and key sets (Kong 3.1 and later, checks as in 3.9.3), and what the plugin acme keeps. */
export const keyFacts: readonly Fact[] = [
  {
    fact: 'a key set needs nothing',
    request: 'POST /key-sets',
    json: {},
    status: 201,
    body: { name: null, tags: null },
    changes: ['create key_sets'],
  },
  {
    fact: 'a key set is found by name',
    given: [set('jwks', ids.a)],
    request: 'GET /key-sets/jwks',
    status: 200,
    body: { id: ids.a, name: 'jwks' },
  },
  {
    fact: 'a key may be a pair of PEM texts',
    request: 'POST /keys',
    json: { kid: '1', name: 'one', pem },
    status: 201,
    body: { kid: '1', jwk: null, pem, set: null },
  },
  {
    fact: 'a key may be a JWK',
    request: 'POST /keys',
    json: { kid: '1', jwk: jwk('1') },
    status: 201,
    body: { kid: '1', jwk: jwk('1') },
  },
  {
    fact: 'a JWK must bear the kid of the key',
    request: 'POST /keys',
    json: { kid: '2', jwk: jwk('1') },
    status: 400,
    exact: violation('kid in jwk.kid must be equal to keys.kid', {
      '@entity': ['kid in jwk.kid must be equal to keys.kid'],
    }),
  },
  {
    fact: 'a JWK must be JSON',
    request: 'POST /keys',
    json: { kid: '2', jwk: 'x' },
    status: 400,
    body: { fields: { '@entity': ['could not json decode jwk string'] } },
  },
  {
    fact: 'a JWK must be a key',
    request: 'POST /keys',
    json: { kid: '2', jwk: '{"kid":"2","kty":"EC"}' },
    status: 400,
    body: { fields: { '@entity': ['could not load JWK, likely not a valid key'] } },
  },
  {
    fact: 'a JWK may come from a vault',
    request: 'POST /keys',
    json: { kid: '2', jwk: '{vault://env/my-jwk}' },
    status: 201,
    body: { jwk: '{vault://env/my-jwk}' },
  },
  {
    fact: 'the PEM texts of a pair must match',
    request: 'POST /keys',
    json: { kid: '1', pem: { ...pem, public_key: other.publicKey.export({ type: 'spki', format: 'pem' }) } },
    status: 400,
    exact: violation('pem: public key does not match private key', { pem: 'public key does not match private key' }),
  },
  {
    fact: 'a public key must be one',
    request: 'POST /keys',
    json: { kid: '1', pem: { public_key: 'x' } },
    status: 400,
    body: { fields: { pem: 'could not load public key' } },
  },
  {
    fact: 'a private key must be one',
    request: 'POST /keys',
    json: { kid: '1', pem: { private_key: 'x' } },
    status: 400,
    body: { fields: { pem: 'could not load private key' } },
  },
  {
    fact: 'a key has one form only',
    request: 'POST /keys',
    json: { kid: '1', jwk: jwk('1'), pem },
    status: 400,
    body: { fields: { '@entity': ["only one or none of these fields must be set: 'pem', 'jwk'"] } },
  },
  {
    fact: 'a key has some form',
    request: 'POST /keys',
    json: { kid: '1' },
    status: 400,
    body: { fields: { '@entity': ["at least one of these fields must be non-empty: 'pem', 'jwk'"] } },
  },
  {
    fact: 'a kid is taken once in a set',
    given: [set('s', ids.a), [`POST /key-sets/s/keys`, { kid: '1', jwk: jwk('1') }]],
    request: 'POST /key-sets/s/keys',
    json: { kid: '1', jwk: jwk('1') },
    status: 409,
    body: { code: 5, fields: { kid: '1', set: { id: ids.a } } },
  },
  {
    fact: 'a key leads to its set',
    given: [set('s', ids.a), ['POST /keys', { kid: '1', name: 'k', jwk: jwk('1'), set: { name: 's' } }]],
    request: 'GET /keys/k/set',
    status: 200,
    body: { id: ids.a },
  },
  {
    fact: 'keys go with their set',
    given: [set('s', ids.a), ['POST /keys', { kid: '1', name: 'k', jwk: jwk('1'), set: { id: ids.a } }]],
    request: 'DELETE /key-sets/s',
    status: 204,
    changes: ['delete key_sets', 'delete keys'],
    after: { path: '/keys/k', status: 404 },
  },
  {
    fact: 'what acme keeps may have a time to live, and gets a key where none is given',
    request: 'POST /acme_storage',
    json: { value: 'v', ttl: 60 },
    status: 201,
    body: { value: 'v' },
    changes: ['create acme_storage'],
  },
  {
    fact: 'what acme keeps is found by id only',
    given: [['POST /acme_storage', { id: ids.a, key: 'k', value: 'v' }]],
    request: `GET /acme_storage/${ids.a}`,
    status: 200,
    body: { id: ids.a, key: 'k', value: 'v' },
  },
];
