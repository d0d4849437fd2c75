import { createRedisClients } from '../../kits/redis/index.ts';
import { definePlugin, kongVersion } from '../../pdk/index.ts';
import { createAdmin } from './admin.ts';
import { createFlights } from './flights.ts';
import { createHandlers } from './handlers.ts';
import { createLocalCopies } from './local-copies.ts';
import { checkConfig, config } from './schema.ts';
import { createMemoryStrategy } from './strategies/memory.ts';
import { createRedisStrategy } from './strategies/redis.ts';

/** Bytes of answers that each worker keeps for itself, over what the workers share. */
const copiesBytes = 16 * 1024 * 1024;

/** proxy-cache: keeps answers of upstreams and gives them again. */
export const proxyCache = definePlugin({
  name: 'proxy-cache',
  version: kongVersion,
  priority: 100,
  config,
  custom_validator: checkConfig,
  admin: createAdmin,
  setup(host) {
    const copies = createLocalCopies(copiesBytes);
    const flights = createFlights(host);
    const clients = createRedisClients(host.log.child('proxy-cache'));
    return (stored) => {
      const strategy =
        stored.strategy === 'redis' && stored.redis !== null
          ? createRedisStrategy(clients.open(stored.redis), host.store, copies, host.clock)
          : createMemoryStrategy(host.store, copies, host.clock);
      return {
        ...createHandlers({ config: stored, strategy, flights, clock: host.clock }),
        dispose: () => strategy.close(),
      };
    };
  },
});
