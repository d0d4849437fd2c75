import { type Pair, pems } from '../../../src/plugins/mtls-auth/pems.fixtures.ts';
import { authorityIds, type Data, type PluginCase, type PluginStep } from './plugin-case.ts';

const { root, middle, twin } = authorityIds;
const { ann, bob, umlaut } = pems;
const bobWithChain: Pair = { cert: bob.cert + pems.middle.cert, key: bob.key };

function mtls(title: string, config: Data, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'mtls-auth', config: { ca_certificates: [root], ...config } }], steps };
}

function shown(certificate: Pair, more: Partial<PluginStep> = {}, headers = {}): PluginStep {
  return { request: { scheme: 'https', certificate, headers }, status: 200, ...more };
}

const missing: Omit<PluginStep, 'request'> = {
  status: 401,
  headers: { 'www-authenticate': null },
  message: 'No required TLS certificate was sent',
  upstream: null,
};
const untrusted: Omit<PluginStep, 'request'> = {
  status: 401,
  headers: { 'www-authenticate': null },
  message: 'TLS certificate failed verification',
  upstream: null,
};
const asAnn = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000004',
  'x-consumer-username': 'ann',
  'x-credential-identifier': '7f2c1d00-0000-4000-8000-000000000004',
  'x-anonymous-consumer': null,
};

/** mtls-auth as Kong documents it. */
export const mtlsAuthCases: readonly PluginCase[] = [
  mtls(
    'without a certificate a request is refused, also without TLS',
    {},
    { ...missing },
    { request: { scheme: 'https' }, ...missing },
  ),
  mtls(
    'a trusted certificate lets the consumer of its name through',
    {},
    shown(ann, { upstream: { headers: asAnn } }, { 'x-consumer-username': 'root', 'x-anonymous-consumer': 'true' }),
  ),
  mtls(
    'a certificate that is not to be trusted is refused, whatever is wrong with it',
    {},
    ...[pems.evil, pems.forged, pems.child, pems.server, pems.odd, pems.deep, bob].map((pair) =>
      shown(pair, untrusted),
    ),
    shown({ cert: pems.evil.cert + pems.stranger.cert, key: pems.evil.key }, untrusted),
    shown({ cert: pems.deep.cert + pems.below.cert + pems.middle.cert, key: pems.deep.key }, untrusted),
  ),
  mtls(
    'the client may send what lies between its certificate and a root',
    {},
    shown(bobWithChain, { upstream: { headers: { 'x-consumer-custom-id': 'bob@a.test' } } }),
  ),
  mtls(
    'a chain must end in a root',
    { ca_certificates: [middle] },
    shown(bob, untrusted),
    shown(bobWithChain, untrusted),
  ),
  mtls(
    'a chain may end earlier where that is allowed',
    { ca_certificates: [middle], allow_partial_chain: true },
    shown(bob, { upstream: { headers: { 'x-consumer-username': 'bob' } } }),
  ),
  mtls(
    'a credential for a name and an authority comes before names of consumers',
    { ca_certificates: [root, middle] },
    shown(bob, {
      upstream: {
        headers: {
          'x-consumer-username': 'bob',
          'x-credential-identifier': '7f2c1d00-0000-4000-8000-00000000007e',
        },
      },
    }),
  ),
  mtls(
    'a credential for another authority is none',
    { ca_certificates: [root, twin] },
    shown(umlaut, {
      upstream: {
        headers: {
          'x-consumer-username': 'bob',
          'x-credential-identifier': '7f2c1d00-0000-4000-8000-00000000007c',
        },
      },
    }),
  ),
  mtls('a trusted certificate of nobody is refused', { consumer_by: ['custom_id'] }, shown(ann, untrusted)),
  mtls('names of consumers may be left out of it', { consumer_by: [] }, shown(ann, untrusted)),
  mtls(
    'a trusted certificate of nobody may be that of a consumer for all',
    { consumer_by: [], default_consumer: 'nobody' },
    shown(ann, { upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': null } } }),
    shown(pems.evil, untrusted),
    { ...missing },
  ),
  mtls(
    'with an anonymous consumer a request without a good certificate goes on as that',
    { anonymous: 'nobody' },
    { status: 200, upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' } } },
    shown(pems.evil, { upstream: { headers: { 'x-consumer-username': 'nobody', 'x-anonymous-consumer': 'true' } } }),
    shown(ann, { upstream: { headers: asAnn } }),
  ),
  mtls(
    'every trusted certificate may be let through, and the upstream told of it',
    { skip_consumer_lookup: true },
    shown(
      ann,
      {
        upstream: {
          headers: {
            'x-client-cert-dn': 'CN=ann,O=Shop\\, Inc.,C=DE',
            'x-client-cert-san': null,
            'x-consumer-id': null,
            'x-consumer-username': null,
            'x-credential-identifier': null,
          },
        },
      },
      { 'x-client-cert-san': 'root.test', 'x-consumer-username': 'root' },
    ),
    shown(bobWithChain, {
      upstream: {
        headers: {
          'x-client-cert-dn': 'CN=ignored',
          'x-client-cert-san': 'bob.test,bob@a.test,10.0.0.1,2001:db8::1,spiffe://a.test/bob',
        },
      },
    }),
    shown(umlaut, { upstream: { headers: { 'x-client-cert-dn': 'CN=J\\C3\\B6rg' } } }),
    shown(pems.evil, untrusted),
    { ...missing },
  ),
  {
    title: 'acl knows a certificate by its common name',
    plugins: [
      { name: 'mtls-auth', config: { ca_certificates: [root], skip_consumer_lookup: true } },
      { name: 'acl', config: { allow: ['ann'] } },
    ],
    steps: [shown(ann), shown(umlaut, { status: 403, upstream: null })],
  },
  {
    title: 'acl knows a certificate by its whole name',
    plugins: [
      {
        name: 'mtls-auth',
        config: { ca_certificates: [root], skip_consumer_lookup: true, authenticated_group_by: 'DN' },
      },
      { name: 'acl', config: { allow: ['CN=J\\C3\\B6rg'] } },
    ],
    steps: [shown(ann, { status: 403, upstream: null }), shown(umlaut)],
  },
];
