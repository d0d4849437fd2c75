import {
  createAuthenticator,
  identify,
  isSameSecret,
  type Refusal,
  unauthorized,
  whenReady,
} from '../../kits/credentials/index.ts';
import { definePlugin, type EntityReader, type Kong, kongVersion } from '../../pdk/index.ts';
import type { Stored, StoredOf } from '../../schema/index.ts';
import { basicauthCredentials } from './entities.ts';
import { parseBasic, type UserPass } from './parse.ts';
import { hashPasswordBytes } from './password.ts';
import { config } from './schema.ts';

type Credential = Stored<typeof basicauthCredentials>;

/** basic-auth: lets a request through when it carries the user name and password of a consumer. */
export const basicAuth = definePlugin({
  name: 'basic-auth',
  version: kongVersion,
  priority: 1100,
  config,
  not_on: ['consumer'],
  entities: [basicauthCredentials],
  setup(host) {
    const credentials = host.reader(basicauthCredentials);
    return (stored) => ({
      access: createAuthenticator({
        anonymous: stored.anonymous,
        runOnPreflight: true,
        authenticate: createPasswordCheck(stored, credentials),
      }),
    });
  },
});

/**
 * Makes the check of one configuration. Proxy-Authorization comes first; Authorization counts where the former names
 * nobody. Nothing of a password is kept: hashing it takes less time than looking it up in a table of safe keys.
 */
function createPasswordCheck(
  stored: StoredOf<typeof config>,
  credentials: EntityReader<Credential>,
): (kong: Kong) => Refusal | undefined | Promise<Refusal | undefined> {
  const refusal = unauthorized('Unauthorized', `Basic realm="${stored.realm}"`);

  function retrieve(kong: Kong, header: string): UserPass | undefined {
    const value = kong.request.getHeader(header);
    const given = value === undefined ? undefined : parseBasic(value);
    if (stored.hide_credentials) kong.service.request.clearHeader(header);
    return given;
  }

  function tryAuthorization(kong: Kong): Refusal | undefined | Promise<Refusal | undefined> {
    const given = retrieve(kong, 'authorization');
    if (given === undefined) return refusal;
    return whenReady(credentials.find(given.username), (credential) =>
      credential === undefined ? refusal : judge(kong, credential, given),
    );
  }

  function judge(kong: Kong, credential: Credential, given: UserPass): Refusal | undefined | Promise<undefined> {
    const digest = hashPasswordBytes(given.password, credential.consumer.id);
    if (!isSameSecret(digest, credential.password)) return refusal;
    return identify(kong, credential, credential.username);
  }

  return (kong) => {
    const { request } = kong;
    if (request.getHeader('proxy-authorization') === undefined) {
      return request.getHeader('authorization') === undefined ? refusal : tryAuthorization(kong);
    }
    const given = retrieve(kong, 'proxy-authorization');
    if (given === undefined) return tryAuthorization(kong);
    return whenReady(credentials.find(given.username), (credential) =>
      credential === undefined ? tryAuthorization(kong) : judge(kong, credential, given),
    );
  };
}
