import type { Data, PluginCase, PluginStep } from './plugin-case.ts';

/** Nobody listens there. */
const nowhere = { ldap_host: '127.0.0.1', ldap_port: 1, base_dn: 'dc=example,dc=com', attribute: 'cn' };
const encode = (pair: string): string => Buffer.from(pair).toString('base64');

function ldapAuth(title: string, config: Data, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'ldap-auth', config: { ...nowhere, ...config } }], steps };
}

const refused = (headers: { readonly [name: string]: string | readonly string[] }, challenge = 'LDAP'): PluginStep => ({
  request: { headers },
  status: 401,
  headers: { 'www-authenticate': challenge },
  message: 'Unauthorized',
  upstream: null,
});
const failed = (headers: { readonly [name: string]: string }): PluginStep => ({
  request: { headers },
  status: 500,
  headers: { 'www-authenticate': null },
  message: 'An unexpected error occurred',
  upstream: null,
});

/** ldap-auth of Kong 3.9, as far as it goes without a directory; with one it is tested in test/integration/ldap-auth. */
export const ldapAuthCases: readonly PluginCase[] = [
  ldapAuth('without credentials a request is refused', {}, refused({})),
  ldapAuth(
    'credentials that cannot be read are refused before anybody is asked',
    {},
    ...[
      '',
      'ldap',
      'ldap !!!',
      'Bearer x',
      `basic ${encode('ann:secret')}`,
      `ldap ${encode('ann')}`,
      `ldap ${encode('ann:')}`,
      `ldap ${encode(':secret')}`,
      `ldap ${Buffer.from([0xff, 0x3a, 0xfe]).toString('base64')}`,
      `ldap ${'A'.repeat(6001)}`,
    ].flatMap((value) => [refused({ authorization: value }), refused({ 'proxy-authorization': value })]),
  ),
  ldapAuth('the scheme has a name', { header_type: 'Basic' }, refused({}, 'Basic')),
  ldapAuth('the realm is told', { realm: 'shop' }, refused({}, 'LDAP realm="shop"')),
  ldapAuth(
    'a directory that cannot be reached is a fault',
    {},
    failed({ authorization: `ldap ${encode('ann:secret')}` }),
    failed({ 'proxy-authorization': `LDAP ${encode('ann:secret')}` }),
  ),
  ldapAuth(
    'with an anonymous consumer those without credentials go on as that; a fault stays one',
    { anonymous: 'nobody' },
    { status: 200, upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' } } },
    failed({ authorization: `ldap ${encode('ann:secret')}` }),
  ),
  {
    title: 'ldap-auth is passed over where another plugin knows the client',
    plugins: [
      { name: 'key-auth', config: { anonymous: 'nobody' } },
      { name: 'ldap-auth', config: { ...nowhere, anonymous: 'nobody' } },
    ],
    steps: [
      {
        request: { headers: { apikey: 'bobs-key', authorization: `ldap ${encode('ann:secret')}` } },
        status: 200,
        upstream: { headers: { 'x-consumer-username': 'bob' } },
      },
    ],
  },
];
