import { queryObjects } from 'node:v8';
import { definePlugin } from 'gibbon-gateway/pdk';
import { Exchange } from '../../../src/proxy/exchange/exchange.ts';
import { Http1Connection } from '../../../src/proxy/listeners/http1-connection.ts';
import { Passage } from '../../../src/proxy/phases/passage.ts';
import { UpstreamConnection } from '../../../src/transport/upstream-connection.ts';

/** What a worker holds, the request that asks among it. */
export interface Census {
  /** TCP sockets and timers of the event loop. */
  readonly sockets: number;
  readonly timers: number;
  /** Objects of the data plane that anything still refers to, whether a timer, a pool or a socket: only if asked for. */
  readonly objects?: { readonly [name: string]: number };
}

/** A plugin that answers with what its worker holds; asked with a query, also with what is left once garbage has gone. */
export const plugin = definePlugin({
  name: 'census',
  version: '1.0.0',
  priority: 1,
  config: {},
  setup: () => () => ({
    async access(kong) {
      const resources = process.getActiveResourcesInfo();
      const census: Census = {
        sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
        timers: resources.filter((name) => name === 'Timeout').length,
      };
      if (kong.request.getRawQuery() === '') kong.response.exit(200, census);
      else {
        // Each count collects garbage; what finalizers let go of goes the next time.
        queryObjects(Exchange, { format: 'count' });
        await new Promise(setImmediate);
        const types = [Http1Connection, UpstreamConnection, Exchange, Passage];
        const counts = types.map((type) => [type.name, queryObjects(type, { format: 'count' })] as const);
        kong.response.exit(200, { ...census, objects: Object.fromEntries(counts) });
      }
    },
  }),
});
