import { hash } from 'node:crypto';
import { createAuthenticator, identify, type Refusal, unauthorized, whenReady } from '../../kits/credentials/index.ts';
import { definePlugin, type EntityReader, type Kong, kongVersion } from '../../pdk/index.ts';
import type { Stored, StoredOf } from '../../schema/index.ts';
import { hmacauthCredentials } from './entities.ts';
import { parseHttpDate } from './http-date.ts';
import { type HmacParams, parseHmac } from './parse.ts';
import { config } from './schema.ts';
import { algorithmNames, isSignedBy } from './signature.ts';

type Credential = Stored<typeof hmacauthCredentials>;

/** hmac-auth: lets a request through when it is signed with the secret of a consumer. */
export const hmacAuth = definePlugin({
  name: 'hmac-auth',
  version: kongVersion,
  priority: 1030,
  config,
  not_on: ['consumer'],
  entities: [hmacauthCredentials],
  setup(host) {
    const credentials = host.reader(hmacauthCredentials);
    return (stored) => ({
      access: createAuthenticator({
        anonymous: stored.anonymous,
        runOnPreflight: true,
        authenticate: createSignatureCheck(stored, credentials, () => Math.floor(host.clock.now() / 1000)),
      }),
    });
  },
});

/** Makes the check of one configuration; `clock` is in seconds since the epoch. */
function createSignatureCheck(
  stored: StoredOf<typeof config>,
  credentials: EntityReader<Credential>,
  clock: () => number,
): (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined> {
  const challenge = stored.realm === null ? 'hmac' : `hmac realm="${stored.realm}"`;
  const missing = unauthorized('Unauthorized', challenge);
  const undated = unauthorized(
    'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
    challenge,
  );
  const unverifiable = unauthorized('HMAC signature cannot be verified', challenge);
  const wrong = unauthorized('HMAC signature does not match', challenge);
  const algorithms: readonly string[] = stored.algorithms ?? algorithmNames;
  const enforced = stored.enforce_headers ?? [];
  const clockSkew = stored.clock_skew ?? 300;

  function isOfNow(kong: Kong, header: string): boolean {
    const date = kong.request.getHeader(header);
    const seconds = date === undefined ? undefined : parseHttpDate(date);
    return seconds !== undefined && Math.abs(clock() - seconds) <= clockSkew;
  }

  /** Proxy-Authorization comes first; Authorization counts where the former holds no signature. */
  function retrieve(kong: Kong, proxied: string | undefined, plain: string | undefined): HmacParams | undefined {
    const params = proxied === undefined ? undefined : parseHmac(proxied);
    if (params !== undefined) {
      if (stored.hide_credentials) kong.service.request.clearHeader('proxy-authorization');
      return params;
    }
    if (stored.hide_credentials) kong.service.request.clearHeader('authorization');
    return plain === undefined ? undefined : parseHmac(plain);
  }

  function judge(
    kong: Kong,
    params: HmacParams,
    credential: Credential | undefined,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    if (credential === undefined) return unverifiable;
    if (credential.secret === null || !isSignedBy(credential.secret, params, kong.request)) return wrong;
    if (!stored.validate_request_body) return identify(kong, credential, credential.username);
    return kong.request
      .getRawBody()
      .then((body) =>
        isDigestOf(body, kong.request.getHeader('digest')) ? identify(kong, credential, credential.username) : wrong,
      );
  }

  return (kong) => {
    const { request } = kong;
    const proxied = request.getHeader('proxy-authorization');
    const plain = request.getHeader('authorization');
    if (proxied === undefined && plain === undefined) return missing;
    if (!isOfNow(kong, 'x-date') && !isOfNow(kong, 'date')) return undated;
    const params = retrieve(kong, proxied, plain);
    if (params === undefined || !algorithms.includes(params.algorithm)) return unverifiable;
    if (!enforced.every((name) => params.headers.includes(name))) return unverifiable;
    return whenReady(credentials.find(params.username), (credential) => judge(kong, params, credential));
  };
}

/** True when `digest` is that of a body (RFC 3230 section 4.3.2), given as bytes; a request without either is good. */
function isDigestOf(body: string, digest: string | undefined): boolean {
  if (digest === undefined) return body === '';
  return digest === `SHA-256=${hash('sha256', Buffer.from(body, 'latin1'), 'base64')}`;
}
