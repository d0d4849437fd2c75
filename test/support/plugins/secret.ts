import { definePlugin, f } from 'gibbon-gateway/pdk';

/** A plugin that tells every client its secret, which may come from a vault. */
export const plugin = definePlugin({
  name: 'secret',
  version: '1.0.0',
  priority: 1,
  config: { secret: f.string({ required: true, referenceable: true }) },
  setup: () => (config) => ({
    access: (kong) => kong.response.exit(200, undefined, { 'x-secret': config.secret }),
  }),
});
