/**
 * Facts about Kong's plugins as data: one row, one fact. The rows name plugins, configurations, entities, requests and
 * what is expected, and know nothing of how they are run: `fake-exchange.test.ts` runs them without sockets,
 * `gateway.test.ts` against a gateway.
 */

import { pems } from '../../../src/plugins/mtls-auth/pems.fixtures.ts';

/** A row of an entity, or a configuration. */
export type Data = { readonly [name: string]: unknown };

/** Texts by header name in lower case; null for a header that must be absent. */
export type ExpectedHeaders = { readonly [name: string]: string | readonly string[] | null };

/** One request and what must come of it; what is not named is not looked at. */
export interface PluginStep {
  readonly request?: {
    readonly method?: string;
    readonly path?: string;
    readonly query?: string;
    readonly headers?: { readonly [name: string]: string | readonly string[] };
    readonly body?: string;
    /** Comes over TLS. */
    readonly scheme?: 'https';
    /** What the client shows in the handshake, with `scheme`: a chain and the key of its first certificate. */
    readonly certificate?: { readonly cert: string; readonly key: string };
  };
  /** What the upstream answers; 200 without a body unless told. */
  readonly answer?: {
    readonly status?: number;
    readonly headers?: { readonly [name: string]: string };
    readonly body?: string;
  };
  /** The status that the client gets. */
  readonly status: number;
  readonly headers?: ExpectedHeaders;
  /** The body that the client gets, to the byte. */
  readonly body?: string;
  /** What the body looks like, where it cannot be known to the byte. */
  readonly bodyMatches?: RegExp;
  /**
   * Texts to keep of the body by the first group of a pattern: `<name>` in later requests and bodies stands for them, as it
   * does in what they are to be.
   */
  readonly keep?: { readonly [name: string]: RegExp };
  /** The `message` in the JSON body that the client gets. */
  readonly message?: string;
  /** What the upstream is asked; null when it must not be asked. */
  readonly upstream?: {
    readonly headers?: ExpectedHeaders;
    readonly query?: string;
    readonly body?: string;
  } | null;
}

/** One fact: plugins on one route with one service, and requests in a row. */
export interface PluginCase {
  readonly title: string;
  readonly plugins: readonly { readonly name: string; readonly config?: Data }[];
  readonly steps: readonly PluginStep[];
  /** The client keeps the cookies that it is given, and sends them with later requests. */
  readonly keepsCookies?: true;
  /** What it does is stored, so it needs a store that takes rows: such a case does not run with `database=off`. */
  readonly writes?: true;
  /**
   * Rows by plural entity name, in place of those of `sampleEntities`; such a case runs on the fake exchange alone, since a
   * gateway makes ids, hashes and time stamps of its own.
   */
  readonly entities?: { readonly [entity: string]: readonly Data[] };
}

const bob = { id: '7f2c1d00-0000-4000-8000-000000000001' } as const;
const nobody = { id: '7f2c1d00-0000-4000-8000-000000000002' } as const;
const carol = { id: '7f2c1d00-0000-4000-8000-000000000003' } as const;

/** The ids of the CA certificates, by the names that they have among the certificates for tests. */
export const authorityIds = {
  root: '7f2c1d00-0000-4000-8000-0000000000a1',
  middle: '7f2c1d00-0000-4000-8000-0000000000a2',
  twin: '7f2c1d00-0000-4000-8000-0000000000a3',
} as const;

/** The service of every case, and one that has no route. */
export const serviceId = '00000000-0000-4000-8000-00000000000b';
/** See {@link serviceId}. */
export const otherServiceId = '7f2c1d00-0000-4000-8000-0000000000ee';

/** The rows that are there for every case: three consumers, and credentials of every kind. */
export const sampleEntities = {
  ca_certificates: [
    { id: authorityIds.root, cert: pems.root.cert, tags: null },
    { id: authorityIds.middle, cert: pems.middle.cert, tags: null },
    { id: authorityIds.twin, cert: pems.twin.cert, tags: null },
  ],
  consumers: [
    { ...bob, username: 'bob', custom_id: 'b-1', tags: null },
    { ...nobody, username: 'nobody', custom_id: null, tags: null },
    { ...carol, username: null, custom_id: 'c-3', tags: null },
    { id: '7f2c1d00-0000-4000-8000-000000000004', username: 'ann', custom_id: null, tags: null },
    { id: '7f2c1d00-0000-4000-8000-000000000005', username: null, custom_id: 'bob@a.test', tags: null },
  ],
  mtls_auth_credentials: [
    mtlsCredential('a', { subject_name: 'server', consumer: carol }),
    mtlsCredential('b', { subject_name: 'umlaut', consumer: carol }),
    mtlsCredential('c', { subject_name: 'Jörg' }),
    mtlsCredential('d', { subject_name: 'Jörg', ca_certificate: { id: authorityIds.twin }, consumer: carol }),
    mtlsCredential('e', { subject_name: 'spiffe://a.test/bob', ca_certificate: { id: authorityIds.middle } }),
  ],
  keyauth_credentials: [
    { id: '7f2c1d00-0000-4000-8000-00000000000a', consumer: bob, key: 'bobs-key', tags: null },
    { id: '7f2c1d00-0000-4000-8000-00000000000b', consumer: carol, key: 'carols-key', tags: null },
  ],
  basicauth_credentials: [
    {
      id: '7f2c1d00-0000-4000-8000-00000000001a',
      consumer: bob,
      username: 'bob',
      // Hexadecimal SHA-1 of "bobs-password" and the consumer's id.
      password: '00dd844b4cbc36fdfdf92dcba41bf257522fb29f',
      tags: null,
    },
    {
      id: '7f2c1d00-0000-4000-8000-00000000001b',
      consumer: carol,
      username: 'cärol',
      // The same of "pä:ß ".
      password: 'f664abf2ef2d9f3cdff7ee9adf296a5801ecc46a',
      tags: null,
    },
  ],
  acls: [
    { id: '7f2c1d00-0000-4000-8000-00000000002a', consumer: bob, group: 'staff', tags: null },
    { id: '7f2c1d00-0000-4000-8000-00000000002b', consumer: bob, group: 'press office', tags: null },
    { id: '7f2c1d00-0000-4000-8000-00000000002c', consumer: nobody, group: 'everybody', tags: null },
  ],
  jwt_secrets: [
    jwtSecret('a', { key: 'bobs-issuer' }),
    jwtSecret('b', { key: 'issuer-384', algorithm: 'HS384' }),
    jwtSecret('c', { key: 'issuer-512', algorithm: 'HS512' }),
    // "bobs/secret?" in base64.
    jwtSecret('d', { key: 'issuer-base64', secret: 'Ym9icy9zZWNyZXQ/' }),
    jwtSecret('e', { key: 'issuer-es256', algorithm: 'ES256' }),
  ],
  hmacauth_credentials: [
    { id: '7f2c1d00-0000-4000-8000-00000000004a', consumer: bob, username: 'bobby', secret: 'bobs-secret', tags: null },
  ],
  oauth2_credentials: [
    oauth2Client('a', {
      client_id: 'bobs-app',
      redirect_uris: ['https://app.test/back', 'https://app.test/?a=1&b=x y'],
    }),
    oauth2Client('b', { client_id: 'bobs-page', client_type: 'public', redirect_uris: ['https://page.test/'] }),
    oauth2Client('c', { client_id: 'bobs-robot', redirect_uris: null }),
    oauth2Client('d', {
      client_id: 'bobs-safe',
      redirect_uris: ['https://safe.test/'],
      hash_secret: true,
      // PBKDF2 of "bobs-secret" with 16 bytes of salt from 0 on, as Kong stores it.
      client_secret: '$pbkdf2-sha512$i=10000,l=32$AAECAwQFBgcICQoLDA0ODw$90pulKOabjwcoJyMpfyX10F8WRpYWb2HjzD2i9QAPV0',
    }),
  ],
  oauth2_tokens: [
    oauth2Token('a', { access_token: 'bobs-token', scope: 'read write', authenticated_userid: 'ann' }),
    oauth2Token('b', { access_token: 'other-token', service: { id: otherServiceId } }),
    oauth2Token('c', { access_token: 'global-token', service: null }),
    oauth2Token('d', { access_token: 'old-token', expires_in: 60 }),
  ],
} satisfies { readonly [entity: string]: readonly Data[] };

/** What the Admin API is told of sample entities in place of their hashes, by the ids of their rows. */
export const sampleSecrets: { readonly [id: string]: Data } = {
  '7f2c1d00-0000-4000-8000-00000000001a': { password: 'bobs-password' },
  '7f2c1d00-0000-4000-8000-00000000001b': { password: 'pä:ß ' },
  '7f2c1d00-0000-4000-8000-00000000005d': { client_secret: 'bobs-secret' },
};

/** Credentials of bob for tokens; `last` is the last digit of their id. */
export function jwtSecret(last: string, more: Data): Data {
  return {
    id: `7f2c1d00-0000-4000-8000-00000000003${last}`,
    consumer: bob,
    secret: 'bobs-secret',
    rsa_public_key: null,
    algorithm: 'HS256',
    tags: null,
    ...more,
  };
}

function mtlsCredential(last: string, more: Data): Data {
  return {
    id: `7f2c1d00-0000-4000-8000-00000000007${last}`,
    consumer: bob,
    ca_certificate: null,
    tags: null,
    ...more,
  };
}

function oauth2Client(last: string, more: Data): Data {
  return {
    id: `7f2c1d00-0000-4000-8000-00000000005${last}`,
    consumer: bob,
    name: 'app',
    client_secret: 'bobs-secret',
    client_type: 'confidential',
    hash_secret: false,
    tags: null,
    ...more,
  };
}

function oauth2Token(last: string, more: Data): Data {
  return {
    id: `7f2c1d00-0000-4000-8000-00000000006${last}`,
    created_at: 1_500_000_000,
    service: { id: serviceId },
    credential: { id: '7f2c1d00-0000-4000-8000-00000000005a' },
    token_type: 'bearer',
    expires_in: 0,
    refresh_token: null,
    authenticated_userid: null,
    scope: null,
    ...more,
  };
}
