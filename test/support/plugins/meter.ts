import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { definePlugin } from 'gibbon-gateway/pdk';

/** A plugin that answers with the memory that its worker holds after everything that can go has gone. */
export const plugin = definePlugin({
  name: 'meter',
  version: '1.0.0',
  priority: 1,
  config: {},
  setup: () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    return () => ({
      async access(kong) {
        // What finalizers let go of is collected the next time.
        for (let round = 0; round < 4; round += 1) {
          collect();
          await new Promise(setImmediate);
        }
        const { heapUsed, external, rss } = process.memoryUsage();
        kong.response.exit(200, { held: heapUsed + external, rss });
      },
    });
  },
});
