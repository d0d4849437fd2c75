import { type KeySource, parseKeySet } from '../../kits/jwt/index.ts';
import {
  createRemoteDocument,
  createShared,
  type Ending,
  fetchText,
  type HttpClient,
  type HttpClientOptions,
} from '../../kits/remote/index.ts';
import type { PluginHost } from '../../pdk/index.ts';

/** Keys of other servers that one worker knows; equal addresses are one. */
export interface RemoteKeys {
  open(url: string): Ending<KeySource>;
}

/** Milliseconds: how long keys are good, how much longer they serve while their server is away, and so on. */
const life = 3_600_000;
const grace = 86_400_000;
const coolDown = 30_000;
const timeout = 10_000;
const tendEvery = 10_000;

/** Creates {@link RemoteKeys}; kept in the closure of the plugin's `setup`. */
export function createRemoteKeys(host: PluginHost, connect: (options: HttpClientOptions) => HttpClient): RemoteKeys {
  const shared = createShared<KeySource>();

  function make(url: string): Ending<KeySource> {
    const client = connect({ timeout, verify: true, trusted: host.trusted });
    const value = createRemoteDocument({
      name: `the keys at "${url}"`,
      load: () => fetchText(client, url),
      parse: parseKeySet,
      clock: host.clock,
      log: host.log.child('jwt'),
      life,
      grace,
      coolDown,
      store: host.store,
      key: `jwt:keys:${url}`,
    });
    const stop = host.every(tendEvery, () => value.tend());
    return {
      value,
      end() {
        stop();
        client.close();
      },
    };
  }

  return { open: (url) => shared.hold(url, () => make(url)) };
}
