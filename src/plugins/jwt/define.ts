import { createAuthenticator } from '../../kits/credentials/index.ts';
import type { HttpClient, HttpClientOptions } from '../../kits/remote/index.ts';
import { definePlugin, kongVersion } from '../../pdk/index.ts';
import { createTokenCheck } from './check-token.ts';
import { jwtSecrets } from './entities.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { config, entityChecks } from './schema.ts';

/** Defines the plugin over a way to ask other servers for keys. */
export function defineJwt(connect: (options: HttpClientOptions) => HttpClient) {
  return definePlugin({
    name: 'jwt',
    version: kongVersion,
    priority: 1450,
    config,
    entity_checks: entityChecks,
    not_on: ['consumer'],
    entities: [jwtSecrets],
    setup(host) {
      const credentials = host.reader(jwtSecrets);
      const remoteKeys = createRemoteKeys(host, connect);
      const clock = (): number => Math.floor(host.clock.now() / 1000);
      return (stored) => {
        const keys = stored.jwks_uri === null ? undefined : remoteKeys.open(stored.jwks_uri);
        return {
          access: createAuthenticator({
            anonymous: stored.anonymous,
            runOnPreflight: stored.run_on_preflight,
            authenticate: createTokenCheck(stored, credentials, keys?.value, clock),
          }),
          ...(keys === undefined ? {} : { dispose: () => keys.end() }),
        };
      };
    },
  });
}
