import { createAuthenticator } from '../../kits/credentials/index.ts';
import { createRedisClients } from '../../kits/redis/index.ts';
import type { HttpClient, HttpClientOptions } from '../../kits/remote/index.ts';
import { definePlugin, kongVersion } from '../../pdk/index.ts';
import { createRequestJudge } from './authenticate.ts';
import { createProviders } from './provider.ts';
import { createRedisSessions } from './redis-sessions.ts';
import { checkConfig, config } from './schema/index.ts';

/** Defines the plugin over a way to ask providers. */
export function defineOpenidConnect(connect: (options: HttpClientOptions) => HttpClient) {
  return definePlugin({
    name: 'openid-connect',
    version: kongVersion,
    priority: 1050,
    config,
    custom_validator: checkConfig,
    not_on: ['consumer'],
    setup(host) {
      const providers = createProviders(host, connect);
      const servers = createRedisClients(host.log.child('openid-connect'));
      return (stored) => {
        const provider = providers.open(stored);
        const server = stored.session_storage === 'redis' ? servers.open(stored.redis) : undefined;
        const storage = server === undefined ? undefined : createRedisSessions(server);
        const judge = createRequestJudge(stored, provider.value, host, storage);
        const access = createAuthenticator({
          anonymous: stored.anonymous,
          runOnPreflight: stored.run_on_preflight,
          authenticate: (kong) => judge.authenticate(kong),
        });
        return {
          access(kong) {
            // Another plugin may have found out who it is, or nobody looks: headers that tell of claims are made up then.
            judge.forget(kong);
            return access(kong);
          },
          dispose() {
            provider.end();
            server?.close();
          },
        };
      };
    },
  });
}
