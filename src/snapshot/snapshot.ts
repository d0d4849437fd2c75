import type { EntityChange } from '../events/index.ts';
import { type Logger, messageOf } from '../kernel/index.ts';
import type { Router, StreamRouter } from '../router/index.ts';
import type { Row } from '../schema/index.ts';
import { type ClientCertificates, createClientCertificates } from './client-certificates.ts';
import { CompiledRoute, CompiledService } from './compiled.ts';
import { createInstance, type Instance, type InstanceFactory } from './instance.ts';
import { foreignId, type Plan } from './plan.ts';
import { PlanBook } from './plan-book.ts';

/** Rows that another room keeps ready, such as upstreams or certificates. */
export interface RowKeeper {
  put(row: Row): void;
  delete(row: Row): void;
}

/** What a snapshot is built upon. */
export interface SnapshotOptions {
  readonly router: Router<CompiledRoute>;
  /** Finds routes of raw streams. */
  readonly streamRouter: StreamRouter<CompiledRoute>;
  /** False makes `path_handling` v0 for every route. */
  readonly allowsPathHandlingV1: boolean;
  /** Plugins that are set up in this worker, by name. */
  readonly plugins: ReadonlyMap<string, InstanceFactory>;
  /** Who keeps the rows of further entities, by entity. */
  readonly keepers: { readonly [entity: string]: RowKeeper };
  readonly logger: Logger;
}

/** What the data plane reads. */
export interface Snapshot {
  readonly router: Router<CompiledRoute>;
  readonly streamRouter: StreamRouter<CompiledRoute>;
  /** The plan for requests without a route: global configurations only. */
  readonly globalPlan: Plan;
  /** The plan of a route. Hand-outs are frozen: a request keeps what it was given. */
  planOf(route: CompiledRoute): Plan;
  /** The same for raw streams, of configurations whose protocols are for them. */
  readonly globalStreamPlan: Plan;
  streamPlanOf(route: CompiledRoute): Plan;
  /** A certificate or CA certificate by id. */
  certificate(id: string): Row | undefined;
  caCertificate(id: string): Row | undefined;
  /** Takes a batch of changes; the next request sees all of them. Entities that no one keeps here are passed over. */
  apply(changes: readonly EntityChange[]): void;
  /** True when some route is for certain server names (SNI). */
  readonly hasServerNames: boolean;
  /** Which clients are asked for a certificate in their handshakes. */
  readonly clientCertificates: ClientCertificates;
  /** Rises with each change of certificates, so that what was made of them can be made anew. */
  readonly certificateVersion: number;
}

const streamProtocols = new Set(['tcp', 'tls', 'tls_passthrough', 'udp']);

/** Creates an empty {@link Snapshot}. */
export function createSnapshot(options: SnapshotOptions): Snapshot {
  const { router, streamRouter, logger } = options;
  const services = new Map<string, CompiledService>();
  const routes = new Map<string, Row>();
  const routesWithNames = new Set<string>();
  const routesOfService = new Map<string, Set<string>>();
  const instances = new Map<string, Instance>();
  const requestPlans = new PlanBook();
  const streamPlans = new PlanBook();
  const certificates = new Map<string, Row>();
  const caCertificates = new Map<string, Row>();
  let certificateVersion = 0;

  const clientCertificates = createClientCertificates({
    routesOf: (serviceId) => [...(routesOfService.get(serviceId) ?? [])].map((id) => routes.get(id)!),
    route: (id) => routes.get(id),
    authority: (id) => caCertificates.get(id)?.['cert'] as string | undefined,
  });

  function placeRoute(route: Row): void {
    const id = route['id'] as string;
    const serviceId = foreignId(route['service']);
    const service = services.get(serviceId);
    const isStream = (route['protocols'] as readonly string[] | null)?.some((name) => streamProtocols.has(name));
    const home = isStream === true ? streamRouter : router;
    // Its protocols may have been others before.
    (isStream === true ? router : streamRouter).delete(id);
    // A route whose service is switched off, or has not arrived yet, takes no requests (Kong 2.7).
    if (serviceId !== '' && (service === undefined || service.row['enabled'] === false)) {
      home.delete(id);
      return;
    }
    try {
      home.put(new CompiledRoute(route, service, options.allowsPathHandlingV1));
    } catch (fault) {
      home.delete(id);
      logger.error(
        `Cannot take route "${(route['name'] as string | null) ?? id}" into the router: ${messageOf(fault)}`,
      );
    }
  }

  function linkRoute(route: Row, isThere: boolean): void {
    const serviceId = foreignId(route['service']);
    if (serviceId === '') return;
    let set = routesOfService.get(serviceId);
    if (isThere) {
      if (set === undefined) {
        set = new Set();
        routesOfService.set(serviceId, set);
      }
      set.add(route['id'] as string);
    } else if (set?.delete(route['id'] as string) && set.size === 0) routesOfService.delete(serviceId);
  }

  function changeRoute(change: EntityChange): void {
    const id = change.row['id'] as string;
    const known = routes.get(id);
    if (known !== undefined) linkRoute(known, false);
    const names = change.operation === 'delete' ? null : (change.row['snis'] as readonly string[] | null);
    if (names != null && names.length > 0) routesWithNames.add(id);
    else routesWithNames.delete(id);
    if (change.operation === 'delete') {
      routes.delete(id);
      router.delete(id);
      streamRouter.delete(id);
      return;
    }
    routes.set(id, change.row);
    linkRoute(change.row, true);
    placeRoute(change.row);
  }

  function changeService(change: EntityChange): void {
    const id = change.row['id'] as string;
    if (change.operation === 'delete') services.delete(id);
    else services.set(id, new CompiledService(change.row));
    for (const routeId of routesOfService.get(id) ?? []) placeRoute(routes.get(routeId)!);
  }

  function removeInstance(id: string): void {
    const instance = instances.get(id);
    if (instance === undefined) return;
    instances.delete(id);
    clientCertificates.delete(id);
    requestPlans.delete(instance);
    streamPlans.delete(instance);
    try {
      instance.dispose?.();
    } catch (fault) {
      instance.log.error(`Cannot dispose of configuration "${id}": ${messageOf(fault)}`);
    }
  }

  function changePlugin(change: EntityChange): void {
    const { row } = change;
    removeInstance(row['id'] as string);
    if (change.operation === 'delete' || row['enabled'] === false) return;
    const protocols = row['protocols'] as readonly string[] | null;
    const isForStreams = protocols?.some((protocol) => streamProtocols.has(protocol)) === true;
    const isForRequests = protocols === null || protocols.some((protocol) => !streamProtocols.has(protocol));
    if (!isForRequests && !isForStreams) return;
    const name = row['name'] as string;
    const factory = options.plugins.get(name);
    if (factory === undefined) {
      logger.error(`Cannot run plugin "${name}" (id ${row['id'] as string}): it is not among the enabled plugins`);
      return;
    }
    const instance = createInstance(row, factory, logger);
    if (isForRequests) {
      requestPlans.put(instance);
      const authorities = askedFor(factory, instance);
      if (authorities !== undefined) clientCertificates.put(instance, authorities);
    }
    if (isForStreams) streamPlans.put(instance);
    instances.set(instance.id, instance);
  }

  /** The CA certificates that a configuration has clients told of; undefined when they are not asked. */
  function askedFor({ definition }: InstanceFactory, instance: Instance): readonly string[] | undefined {
    try {
      return definition.asksForCertificate?.(instance.row['config'] as never);
    } catch (fault) {
      instance.log.error(`Cannot tell whom to ask for certificates: ${messageOf(fault)}`);
      return [];
    }
  }

  return {
    router,
    streamRouter,
    clientCertificates,
    get hasServerNames() {
      return routesWithNames.size > 0;
    },
    get globalPlan() {
      return requestPlans.globalPlan;
    },
    get globalStreamPlan() {
      return streamPlans.globalPlan;
    },
    get certificateVersion() {
      return certificateVersion;
    },
    planOf: (route) => requestPlans.planOf(route),
    streamPlanOf: (route) => streamPlans.planOf(route),
    certificate: (id) => certificates.get(id),
    caCertificate: (id) => caCertificates.get(id),
    apply(changes) {
      let pluginsChanged = false;
      clientCertificates.forget();
      for (const change of changes) {
        switch (change.entity) {
          case 'services':
            changeService(change);
            break;
          case 'routes':
            changeRoute(change);
            break;
          case 'plugins':
            changePlugin(change);
            pluginsChanged = true;
            break;
          case 'certificates':
          case 'ca_certificates': {
            const map = change.entity === 'certificates' ? certificates : caCertificates;
            if (change.operation === 'delete') map.delete(change.row['id'] as string);
            else map.set(change.row['id'] as string, change.row);
            certificateVersion += 1;
            break;
          }
        }
        const keeper = options.keepers[change.entity];
        if (keeper === undefined) continue;
        try {
          if (change.operation === 'delete') keeper.delete(change.row);
          else keeper.put(change.row);
        } catch (fault) {
          logger.error(
            `Cannot take ${change.entity} "${change.row['id'] as string}" into the snapshot: ${messageOf(fault)}`,
          );
        }
      }
      if (pluginsChanged) {
        requestPlans.changed();
        streamPlans.changed();
      }
    },
  };
}
