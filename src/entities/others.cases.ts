import { casesOf, someId } from './case.fixtures.ts';
import {
  authority,
  ecCertificate,
  ecKey,
  expiredAuthority,
  otherEcKey,
  rsaCertificate,
  rsaKey,
} from './pems.fixtures.ts';

const consumers = casesOf('consumers');
const certificates = casesOf('certificates');
const authorities = casesOf('ca_certificates');
const snis = casesOf('snis');
const tags = casesOf('tags');
const workspaces = casesOf('workspaces');
const keys = casesOf('keyauth_credentials');

const neither = "at least one of these fields must be non-empty: 'custom_id', 'username'";
const consumer = { id: someId, created_at: 1, updated_at: 1, username: 'u', custom_id: null, tags: null };
const pair = { cert: ecCertificate, key: ecKey };
const certificate = { id: someId };

/** Facts about all other core entities and about the credentials of key-auth. */
export const otherCases = [
  consumers.no({}, { '@entity': [neither] }),
  consumers.no({ username: null }, { '@entity': [neither] }),
  consumers.no({ username: '' }, { username: 'length must be at least 1', '@entity': [neither] }),
  consumers.yes({ username: 'u' }, { username: 'u', custom_id: null }),
  consumers.yes({ custom_id: 'c' }),
  consumers.no({ username: 5 }, { username: 'expected a string' }),
  consumers.keep(consumer, { username: null }, { '@entity': [`when updating, ${neither}`] }),
  consumers.change(consumer, { username: null, custom_id: 'c' }, { username: null, custom_id: 'c' }),

  certificates.yes(pair, { ...pair, cert_alt: null, key_alt: null, snis: null }),
  certificates.yes({ ...pair, cert_alt: rsaCertificate, key_alt: rsaKey }),
  certificates.yes({ cert: rsaCertificate, key: rsaKey, cert_alt: ecCertificate, key_alt: ecKey }),
  certificates.no({}, { cert: 'required field missing', key: 'required field missing' }),
  certificates.no({ cert: ecCertificate, key: otherEcKey }, { '@entity': ['certificate does not match key'] }),
  certificates.no(
    { ...pair, cert_alt: rsaCertificate },
    {
      '@entity': ["all or none of these fields must be set: 'cert_alt', 'key_alt'"],
    },
  ),
  certificates.no(
    { ...pair, cert_alt: rsaCertificate, key_alt: ecKey },
    {
      '@entity': ['alternative certificate does not match key'],
    },
  ),
  certificates.no(
    { ...pair, cert_alt: ecCertificate, key_alt: ecKey },
    {
      '@entity': [
        'certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), ' +
          'the provided certificates were both of the same type',
      ],
    },
  ),
  certificates.yes({ cert: '{vault://env/cert}', key: '{vault://env/key}' }, { cert: '{vault://env/cert}' }),
  certificates.yes({ cert: ecCertificate, key: '{vault://env/key}' }),
  certificates.yes({ ...pair, snis: ['a.test', '*.b.test'] }, { snis: ['a.test', '*.b.test'] }),
  certificates.no({ ...pair, snis: ['a.test', '1.2.3.4'] }, { snis: [null, 'must not be an IP'] }),

  authorities.yes(
    { cert: authority },
    { cert: authority, cert_digest: '809a4796f03abb34e5499fb03f935c59af2d4791ab85337eeb49eaae74326c2f' },
  ),
  authorities.no({}, { cert: 'required field missing' }),
  authorities.no(
    { cert: ecCertificate },
    {
      '@entity': ['certificate does not appear to be a CA because it is missing the "CA" basic constraint'],
    },
  ),
  authorities.no(
    { cert: expiredAuthority },
    {
      '@entity': ['certificate expired, "Not After" time is in the past'],
    },
  ),
  authorities.no({ cert: authority + authority }, { '@entity': ['please submit only one certificate at a time'] }),
  authorities.change(
    { id: someId, created_at: 1, updated_at: 1, cert: authority, cert_digest: 'kept', tags: null },
    { tags: ['a'] },
    { cert_digest: 'kept', tags: ['a'] },
  ),

  snis.yes({ name: '*.a.test', certificate }, { name: '*.a.test', certificate }),
  snis.no({}, { name: 'required field missing', certificate: 'required field missing' }),
  snis.no({ name: '*.*', certificate }, { name: 'only one wildcard must be specified' }),
  snis.no({ name: 'a*b', certificate }, { name: 'wildcard must be leftmost or rightmost character' }),
  snis.no({ name: '1.2.3.4', certificate }, { name: 'must not be an IP' }),
  snis.no({ name: 'a.test:443', certificate }, { name: 'must not have a port' }),
  snis.no({ name: 'a/b', certificate }, { name: 'invalid value: a/b' }),
  snis.no({ name: 'a.test', certificate: null }, { certificate: 'required field missing' }),

  tags.yes({ tag: 'a', entity_name: 'services', entity_id: someId }),
  tags.no(
    { tag: 'a/b' },
    {
      tag: "invalid tag 'a/b': expected printable ascii (except `,` and `/`) or valid utf-8 sequences",
      entity_name: 'required field missing',
    },
  ),

  workspaces.yes({ name: 'mine' }, { name: 'mine', comment: null, meta: {}, config: {} }),
  workspaces.no(
    { name: 'services' },
    {
      name:
        'must not be one of: workspaces, consumers, certificates, services, routes, snis, upstreams, targets, plugins, ' +
        'tags, ca_certificates, clustering_data_planes, parameters, vaults, key_sets, keys, filter_chains',
    },
  ),
  workspaces.no(
    { name: 'mine', meta: { x: 1 }, config: null },
    {
      meta: { x: 'unknown field' },
      config: 'required field missing',
    },
  ),

  keys.yes({ consumer: { id: someId } }, { key: 'random', consumer: { id: someId }, tags: null }),
  keys.yes({ consumer: { id: someId }, key: 'k' }, { key: 'k' }),
  keys.yes({ consumer: { id: someId }, key: null }, { key: null }),
  keys.yes({ consumer: { id: someId }, ttl: 60 }, { key: 'random' }),
  keys.yes({ consumer: { username: 'u' } }, { consumer: { username: 'u' } }),
  keys.no({}, { consumer: 'required field missing' }),
  keys.no({ consumer: {} }, { consumer: { id: 'missing primary key' } }),
  keys.no({ consumer: { id: someId }, key: '' }, { key: 'length must be at least 1' }),
];
