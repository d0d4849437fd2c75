import type { Row } from '../schema/index.ts';
import type { Instance } from './instance.ts';

/** All configurations of one plugin, by what they are attached to. */
export class PluginScopes {
  readonly name: string;
  readonly priority: number;
  readonly #byScope = new Map<string, Instance>();
  #withConsumer = 0;

  constructor(name: string, priority: number) {
    this.name = name;
    this.priority = priority;
  }

  get isEmpty(): boolean {
    return this.#byScope.size === 0;
  }

  /** True when some configuration is attached to a consumer. */
  get hasConsumers(): boolean {
    return this.#withConsumer > 0;
  }

  put(instance: Instance): void {
    const { route, service, consumer } = scopeOf(instance.row);
    const key = scopeKey(route, service, consumer);
    if (!this.#byScope.has(key) && consumer !== '') this.#withConsumer += 1;
    this.#byScope.set(key, instance);
  }

  /** Removes the instance if it is still the one of its scope. */
  delete(instance: Instance): void {
    const { route, service, consumer } = scopeOf(instance.row);
    const key = scopeKey(route, service, consumer);
    if (this.#byScope.get(key) !== instance) return;
    this.#byScope.delete(key);
    if (consumer !== '') this.#withConsumer -= 1;
  }

  at(route: string, service: string, consumer: string): Instance | undefined {
    return this.#byScope.get(scopeKey(route, service, consumer));
  }
}

/** One plugin's place in a plan. */
export interface PlanEntry {
  /** The configuration for requests without a consumer. */
  readonly base: Instance | undefined;
  /** True when {@link PlanEntry.base} is of route and service together, which comes before a consumer's alone. */
  readonly baseIsRouteAndService: boolean;
  /** Where to look for a consumer's configuration; undefined when no consumer has one. */
  readonly scopes: PluginScopes | undefined;
}

/** The handlers that apply to requests of one route and service, in the order of priority; frozen. */
export interface Plan {
  readonly routeId: string;
  readonly serviceId: string;
  /** Undefined when no configuration depends on the consumer: then the lists below are all there is to know. */
  readonly entries: readonly PlanEntry[] | undefined;
  readonly access: readonly Instance[];
  readonly rewrite: readonly Instance[];
  readonly certificate: readonly Instance[];
  readonly response: readonly Instance[];
  readonly headerFilter: readonly Instance[];
  readonly bodyFilter: readonly Instance[];
  readonly preread: readonly Instance[];
  readonly log: readonly Instance[];
}

/** Makes the plan of a route and service ("" for none) from the plugins in order of priority. */
export function createPlan(plugins: readonly PluginScopes[], routeId: string, serviceId: string): Plan {
  const entries: PlanEntry[] = [];
  let hasConsumers = false;
  for (const scopes of plugins) {
    const both = routeId === '' || serviceId === '' ? undefined : scopes.at(routeId, serviceId, '');
    const base =
      both ??
      (routeId === '' ? undefined : scopes.at(routeId, '', '')) ??
      (serviceId === '' ? undefined : scopes.at('', serviceId, '')) ??
      scopes.at('', '', '');
    if (base === undefined && !scopes.hasConsumers) continue;
    if (scopes.hasConsumers) hasConsumers = true;
    entries.push({ base, baseIsRouteAndService: both !== undefined, scopes: scopes.hasConsumers ? scopes : undefined });
  }
  const instances = entries.flatMap((entry) => (entry.base === undefined ? [] : [entry.base]));
  return Object.freeze({ routeId, serviceId, entries: hasConsumers ? entries : undefined, ...listsOf(instances) });
}

/** The lists of a plan for chosen instances in order. */
export function listsOf(instances: readonly Instance[]): Omit<Plan, 'routeId' | 'serviceId' | 'entries'> {
  return {
    access: instances.filter((instance) => instance.access !== undefined),
    rewrite: instances.filter((instance) => instance.rewrite !== undefined),
    certificate: instances.filter((instance) => instance.certificate !== undefined),
    response: instances.filter((instance) => instance.response !== undefined),
    headerFilter: instances.filter((instance) => instance.headerFilter !== undefined),
    bodyFilter: instances.filter((instance) => instance.bodyFilter !== undefined),
    preread: instances.filter((instance) => instance.preread !== undefined),
    log: instances.filter((instance) => instance.logPhase !== undefined),
  };
}

/**
 * The configuration of an entry for a consumer ("" for none), by Kong's ranks: route, service and consumer; route and
 * consumer; service and consumer; route and service; consumer; route; service; global.
 */
export function choose(entry: PlanEntry, plan: Plan, consumerId: string): Instance | undefined {
  const scopes = entry.scopes;
  if (scopes === undefined || consumerId === '') return entry.base;
  const { routeId, serviceId } = plan;
  return (
    (routeId === '' || serviceId === '' ? undefined : scopes.at(routeId, serviceId, consumerId)) ??
    (routeId === '' ? undefined : scopes.at(routeId, '', consumerId)) ??
    (serviceId === '' ? undefined : scopes.at('', serviceId, consumerId)) ??
    (entry.baseIsRouteAndService ? entry.base : (scopes.at('', '', consumerId) ?? entry.base))
  );
}

function scopeKey(route: string, service: string, consumer: string): string {
  return `${route}|${service}|${consumer}`;
}

function scopeOf(row: Row): { readonly route: string; readonly service: string; readonly consumer: string } {
  return { route: foreignId(row['route']), service: foreignId(row['service']), consumer: foreignId(row['consumer']) };
}

/** The id in a foreign value, "" for null. */
export function foreignId(value: unknown): string {
  return typeof value === 'object' && value !== null ? ((value as { readonly id: string }).id ?? '') : '';
}
