import type { Fields, GivenOf, Row } from '../../schema/index.ts';
import type { AnyPlugin, PluginDefinition, PluginInstance } from '../plugin.ts';
import { storedConfig } from './config.ts';
import { createFakeExchange } from './exchange.ts';
import { createFakeHost, type FakeHost, type FakeHostOptions } from './host.ts';
import { type Live, runPhases } from './pipeline.ts';
import { type PluginRun, reportOf } from './report.ts';
import type { FakeExchangeOptions } from './state.ts';

/** A plugin, a configuration of it, and what that is attached to. */
export interface ConfiguredPlugin {
  readonly plugin: AnyPlugin;
  readonly config?: Row;
  readonly instance?: Partial<PluginInstance>;
}

/** Plugins brought to life once, to send any number of requests through. */
export interface PluginRunner {
  readonly host: FakeHost;
  /** Sends a request through all phases; `options` go before those of the runner. */
  send(options?: FakeExchangeOptions): Promise<PluginRun>;
}

/**
 * Brings plugins to life as a worker does: each set up once, each configuration checked, completed and instantiated,
 * handlers in the order of their priorities.
 * @throws Error for a configuration that the plugin's schema refuses.
 */
export function createPluginRunner(
  plugins: readonly ConfiguredPlugin[],
  options: FakeExchangeOptions & FakeHostOptions = {},
): PluginRunner {
  const host = createFakeHost(options);
  const live = [...plugins].sort(byPriority).map(({ plugin, config, instance }): Live => {
    const stored = storedConfig(plugin, config ?? {});
    return { name: plugin.name, handlers: plugin.setup(host)(stored, { ...bareInstance, ...instance }) };
  });
  return {
    host,
    async send(request = {}) {
      const exchange = createFakeExchange({ ...options, ...request }, host);
      const firstLine = host.lines.length;
      await runPhases(exchange, live);
      return reportOf(exchange.state, host.lines.slice(firstLine));
    },
  };
}

/** Runs one plugin over one request; see {@link createPluginRunner} for several of either. */
export async function runPlugin<F extends Fields>(
  plugin: PluginDefinition<F>,
  config: GivenOf<F>,
  options: FakeExchangeOptions & FakeHostOptions = {},
): Promise<PluginRun> {
  return await createPluginRunner([{ plugin, config: config as Row }], options).send();
}

const bareInstance: PluginInstance = {
  id: '00000000-0000-4000-8000-0000000000ff',
  instanceName: null,
  routeId: null,
  serviceId: null,
  consumerId: null,
};

function byPriority(left: ConfiguredPlugin, right: ConfiguredPlugin): number {
  if (left.plugin.priority !== right.plugin.priority) return right.plugin.priority - left.plugin.priority;
  return left.plugin.name < right.plugin.name ? 1 : -1;
}
