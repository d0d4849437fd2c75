import {
  createAuthenticator,
  type Refusal,
  setIdentity,
  unauthorized,
  whenReady,
} from '../../kits/credentials/index.ts';
import { definePlugin, type Handlers, type Kong, kongVersion, type PluginHost } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { createAnswers } from './answers.ts';
import { type Dial, dial } from './connection.ts';
import { escapeDnValue } from './dn.ts';
import { parseCredentials, type UserPass } from './parse.ts';
import { createDirectoryPool } from './pool.ts';
import { config, configChecks } from './schema.ts';

type Config = StoredOf<typeof config>;

/** ldap-auth: lets a request through when it carries the user name and password of an entry in a directory. */
export const ldapAuth = createLdapAuth(dial);

/** Milliseconds between looks at idle connections. */
const sweepEvery = 5000;

/** Makes the plugin with another way to reach directories than ldapts. */
export function createLdapAuth(reach: Dial) {
  return definePlugin({
    name: 'ldap-auth',
    version: kongVersion,
    priority: 1200,
    config,
    config_checks: configChecks,
    not_on: ['consumer'],
    setup: (host) => (stored) => createHandlers(stored, host, reach),
  });
}

function createHandlers(stored: Config, host: PluginHost, reach: Dial): Handlers {
  const scheme = stored.header_type ?? 'ldap';
  const word = scheme.toLowerCase();
  // As in Kong the usual scheme is written in capitals, others as they are.
  const shown = scheme === 'ldap' ? 'LDAP' : scheme;
  const refusal = unauthorized('Unauthorized', stored.realm === null ? shown : `${shown} realm="${stored.realm}"`);
  const answers = createAnswers(stored.cache_ttl * 1000, host.clock);
  const log = host.log.child('ldap-auth');
  const pool = createDirectoryPool({
    directory: {
      host: stored.ldap_host,
      port: stored.ldap_port,
      tls: stored.ldaps ? 'from-the-start' : stored.start_tls ? 'upgraded' : 'none',
      verifies: stored.verify_ldap_host,
      trusted: host.trusted,
      timeout: Math.max(1, stored.timeout ?? 10_000),
      onRefusal: (reason) => log.error(`Directory "${stored.ldap_host}:${stored.ldap_port}" refuses: ${reason}`),
    },
    dial: reach,
    clock: host.clock,
    keepAlive: stored.keepalive ?? 60_000,
  });
  const stopSweeping = host.every(sweepEvery, () => pool.sweep());

  function check({ username, password }: UserPass): boolean | Promise<boolean> {
    const dn = `${stored.attribute}=${escapeDnValue(username)},${stored.base_dn}`;
    return answers.find(username, password, () => pool.bind(dn, password));
  }

  function admit(kong: Kong, { username }: UserPass): undefined {
    if (stored.hide_credentials) {
      kong.service.request.clearHeader('authorization');
      kong.service.request.clearHeader('proxy-authorization');
    }
    setIdentity(kong, null, { id: username, username }, username);
    return undefined;
  }

  /** Lets the request through by one of its headers, or goes on with `otherwise`. */
  function tryHeader<T>(kong: Kong, header: string, otherwise: () => T): T | undefined | Promise<T | undefined> {
    const value = kong.request.getHeader(header);
    const given = value === undefined ? undefined : parseCredentials(value, word);
    if (given === undefined) return otherwise();
    return whenReady(check(given), (isRight) => (isRight ? admit(kong, given) : otherwise()));
  }

  const authenticate = (kong: Kong): Refusal | undefined | Promise<Refusal | undefined> =>
    tryHeader(kong, 'proxy-authorization', () => tryHeader(kong, 'authorization', () => refusal)) as
      | Refusal
      | undefined
      | Promise<Refusal | undefined>;

  return {
    access: createAuthenticator({ anonymous: stored.anonymous, runOnPreflight: true, authenticate }),
    dispose() {
      stopSweeping();
      pool.close();
    },
  };
}
