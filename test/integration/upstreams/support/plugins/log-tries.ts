import { definePlugin, f } from '../../../../../src/pdk/index.ts';

/** Writes the tries of each request's log entry into the error log; may redirect a request before. */
export const plugin = definePlugin({
  name: 'log-tries',
  version: '1.0.0',
  priority: 1,
  config: { host: f.string(), port: f.integer(), retries: f.integer() },
  setup: () => (config) => ({
    access(kong) {
      if (config.host !== null && config.port !== null) kong.service.setTarget(config.host, config.port);
      if (config.retries !== null) kong.service.setRetries(config.retries);
    },
    log(kong) {
      kong.log.notice(`tries ${JSON.stringify(kong.log.serialize().tries)}`);
    },
  }),
});
