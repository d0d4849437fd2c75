import { isMainThread } from 'node:worker_threads';
import { definePlugin } from 'gibbon-gateway/pdk';

/** A plugin whose workers do not come up: they exit while they are set up. */
export const plugin = definePlugin({
  name: 'broken',
  version: '1.0.0',
  priority: 1,
  config: {},
  setup: () => {
    if (!isMainThread) process.exit(7);
    return () => ({});
  },
});
