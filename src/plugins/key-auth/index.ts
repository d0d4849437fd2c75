import { createAuthenticator, type Refusal, setIdentity, unauthorized } from '../../kits/credentials/index.ts';
import { definePlugin, type EntityReader, type Kong, kongVersion, type ParsedBody } from '../../pdk/index.ts';
import type { Stored, StoredOf } from '../../schema/index.ts';
import { keyauthCredentials } from './entities.ts';
import { bodyField, findKey, type KeyPlaces } from './find-key.ts';
import { config } from './schema.ts';

type Credential = Stored<typeof keyauthCredentials>;

/** key-auth: lets a request through when it carries the key of a consumer. */
export const keyAuth = definePlugin({
  name: 'key-auth',
  version: kongVersion,
  priority: 1250,
  config,
  not_on: ['consumer'],
  entities: [keyauthCredentials],
  setup(host) {
    const credentials = host.reader(keyauthCredentials);
    return (stored) => ({
      access: createAuthenticator({
        anonymous: stored.anonymous,
        runOnPreflight: stored.run_on_preflight,
        authenticate: createKeyCheck(stored, credentials),
      }),
    });
  },
});

/** Makes the check of one configuration; it answers at once unless a body or an uncached row has to be read. */
function createKeyCheck(
  stored: StoredOf<typeof config>,
  credentials: EntityReader<Credential>,
): (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined> {
  const challenge = stored.realm === null ? 'Key' : `Key realm="${stored.realm}"`;
  const duplicate = unauthorized('Duplicate API key found', challenge);
  const missing = unauthorized('No API key found in request', challenge);
  const unknown = unauthorized('Unauthorized', challenge);
  const { hide_credentials: hides } = stored;
  const places: KeyPlaces = {
    names: stored.key_names,
    inHeader: stored.key_in_header,
    inQuery: stored.key_in_query,
    inBody: stored.key_in_body,
  };

  function check(kong: Kong, body: ParsedBody | undefined): Refusal | undefined | Promise<Refusal | undefined> {
    const found = findKey(kong, places, body);
    if (found.kind === 'duplicate') return duplicate;
    if (found.kind === 'none') return missing;
    if (hides) hide(kong, found.name, body);
    const credential = credentials.find(found.key);
    if (credential instanceof Promise) return credential.then((row) => identify(kong, row));
    return identify(kong, credential);
  }

  function identify(kong: Kong, credential: Credential | undefined): Refusal | undefined | Promise<undefined> {
    // A row that was read in its last second says so with a remaining time of 0.
    if (credential === undefined || (credential as { readonly ttl?: unknown }).ttl === 0) return unknown;
    const consumer = kong.client.loadConsumer(credential.consumer.id);
    if (consumer instanceof Promise) {
      return consumer.then((row) => {
        setIdentity(kong, row ?? null, credential);
        return undefined;
      });
    }
    setIdentity(kong, consumer ?? null, credential);
    return undefined;
  }

  if (!stored.key_in_body) return (kong) => check(kong, undefined);
  return async (kong) => {
    const body = await kong.request.getBody();
    if (!body.ok) kong.log.info(`Cannot process request body: ${body.error}`);
    return await check(kong, body);
  };
}

/** Takes the key out of the request: out of query and header, and out of the body when it was read. */
function hide(kong: Kong, name: string, body: ParsedBody | undefined): void {
  const { request } = kong.service;
  if (kong.request.getRawQuery() !== '') request.clearQueryArg(name);
  request.clearHeader(name);
  if (!body?.ok || bodyField(body, name) === undefined) return;
  request.setBody(Object.fromEntries(Object.entries(body.body).filter(([field]) => field !== name)));
}
