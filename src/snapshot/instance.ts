import { type Logger, messageOf } from '../kernel/index.ts';
import type { AnyPlugin, Handlers, PluginInstance } from '../pdk/index.ts';
import type { Row } from '../schema/index.ts';

/** One stored configuration of a plugin, brought to life. All instances have one shape, so calls stay cheap. */
export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly row: Row;
  readonly log: Logger;
  readonly certificate: Handlers['certificate'];
  readonly rewrite: Handlers['rewrite'];
  readonly access: Handlers['access'];
  readonly response: Handlers['response'];
  readonly headerFilter: Handlers['headerFilter'];
  readonly bodyFilter: Handlers['bodyFilter'];
  readonly preread: Handlers['preread'];
  readonly logPhase: Handlers['log'];
  readonly dispose: Handlers['dispose'];
}

/** A plugin that was set up in this worker: makes handlers from a configuration. */
export interface InstanceFactory {
  readonly definition: AnyPlugin;
  readonly instantiate: (config: never, instance: PluginInstance) => Handlers;
}

/**
 * Makes the instance of a `plugins` row. A configuration that its plugin cannot start with refuses every request in its
 * scope with an error, as a failed handler does: leaving, say, an authentication plugin out would open the door.
 */
export function createInstance(row: Row, factory: InstanceFactory, logger: Logger): Instance {
  const name = row['name'] as string;
  const log = logger.child(name);
  let handlers: Handlers;
  try {
    handlers = factory.instantiate(row['config'] as never, {
      id: row['id'] as string,
      instanceName: (row['instance_name'] as string | null) ?? null,
      routeId: idOrNull(row['route']),
      serviceId: idOrNull(row['service']),
      consumerId: idOrNull(row['consumer']),
    });
    if (handlers.response !== undefined && (handlers.headerFilter !== undefined || handlers.bodyFilter !== undefined)) {
      throw new Error('a plugin with a response handler can have neither headerFilter nor bodyFilter');
    }
  } catch (fault) {
    const reason = messageOf(fault);
    log.error(`Cannot start plugin "${name}" (id ${row['id'] as string}): ${reason}`);
    const refuse = (): never => {
      throw new Error(`the plugin could not be started: ${reason}`);
    };
    handlers = { access: refuse, preread: refuse };
  }
  return Object.freeze({
    id: row['id'] as string,
    name,
    priority: factory.definition.priority,
    row,
    log,
    certificate: handlers.certificate,
    rewrite: handlers.rewrite,
    access: handlers.access,
    response: handlers.response,
    headerFilter: handlers.headerFilter,
    bodyFilter: handlers.bodyFilter,
    preread: handlers.preread,
    logPhase: handlers.log,
    dispose: handlers.dispose,
  });
}

function idOrNull(foreign: unknown): string | null {
  return (foreign as { readonly id: string } | null)?.id ?? null;
}
