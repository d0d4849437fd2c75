import { answerOk, type Endpoint } from '../endpoint.ts';
import type { AdminOptions } from '../types.ts';

/** `/plugins/enabled`: the plugins that may be configured here. */
export function enabledPluginsEndpoint({ plugins }: AdminOptions): Endpoint {
  const names = plugins.map(({ name }) => name);
  return { path: '/plugins/enabled', methods: { GET: async () => answerOk({ enabled_plugins: names }) } };
}
