import type { CompiledRoute } from './compiled.ts';
import type { Instance } from './instance.ts';
import { createPlan, type Plan, PluginScopes } from './plan.ts';

/** The plugin configurations of requests, or those of raw streams, and the plans that come of them. */
export class PlanBook {
  readonly #scopesByName = new Map<string, PluginScopes>();
  #ordered: readonly PluginScopes[] = [];
  #version = 0;
  #global = createPlan([], '', '');

  /** The plan where no route is known: global configurations only. */
  get globalPlan(): Plan {
    return this.#global;
  }

  put(instance: Instance): void {
    let scopes = this.#scopesByName.get(instance.name);
    if (scopes === undefined) {
      scopes = new PluginScopes(instance.name, instance.priority);
      this.#scopesByName.set(instance.name, scopes);
    }
    scopes.put(instance);
  }

  /** Removes an instance if it is there. */
  delete(instance: Instance): void {
    const scopes = this.#scopesByName.get(instance.name);
    scopes?.delete(instance);
    if (scopes?.isEmpty === true) this.#scopesByName.delete(instance.name);
  }

  /** Plans are made anew from now on; to be called once several instances have changed. */
  changed(): void {
    this.#ordered = [...this.#scopesByName.values()].sort(
      (a, b) => b.priority - a.priority || (a.name < b.name ? 1 : a.name > b.name ? -1 : 0),
    );
    this.#version += 1;
    this.#global = createPlan(this.#ordered, '', '');
  }

  /** The plan of a route; kept with it until something changes. A route belongs to one book only. */
  planOf(route: CompiledRoute): Plan {
    if (route.planVersion !== this.#version) {
      route.plan = createPlan(this.#ordered, route.id, route.compiledService?.id ?? '');
      route.planVersion = this.#version;
    }
    return route.plan!;
  }
}
