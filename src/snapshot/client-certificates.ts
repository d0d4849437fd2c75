import type { Row } from '../schema/index.ts';
import type { Instance } from './instance.ts';
import { foreignId } from './plan.ts';

/** Which clients are asked for a certificate in their handshakes, by the names of the servers that they ask for. */
export interface ClientCertificates {
  /** True when some are. */
  readonly areWanted: boolean;
  /**
   * PEM texts of the authorities that a client is told of; undefined when it is not asked. As in Kong 3.9 the configurations
   * of routes and services count by the server names of the routes: one of a route without any is for all clients, and so
   * is a global one.
   */
  authoritiesFor(serverName: string | undefined): readonly string[] | undefined;
}

/** The same for whoever keeps it up to date. */
export interface ClientCertificatesKeeper extends ClientCertificates {
  /** Takes a configuration that asks, with the ids of the CA certificates that it tells clients of. */
  put(instance: Instance, authorities: readonly string[]): void;
  delete(id: string): void;
  /** Routes, configurations or CA certificates have changed. */
  forget(): void;
}

/** Where configurations and CA certificates lead. */
export interface ClientCertificatesOptions {
  readonly routesOf: (serviceId: string) => readonly Row[];
  readonly route: (id: string) => Row | undefined;
  /** PEM text of a CA certificate. */
  readonly authority: (id: string) => string | undefined;
}

/** The server names of one look at everything. */
interface Names {
  readonly exact: Map<string, Set<string>>;
  /** Ends of names, from the dot on, and beginnings up to it. */
  readonly ends: Map<string, Set<string>>;
  readonly beginnings: Map<string, Set<string>>;
  everybody: Set<string> | undefined;
}

/** Creates an empty {@link ClientCertificatesKeeper}. */
export function createClientCertificates(options: ClientCertificatesOptions): ClientCertificatesKeeper {
  const asking = new Map<string, { readonly row: Row; readonly authorities: readonly string[] }>();
  let names: Names | undefined;

  function look(): Names {
    const found: Names = { exact: new Map(), ends: new Map(), beginnings: new Map(), everybody: undefined };
    for (const { row, authorities } of asking.values()) {
      const serviceId = foreignId(row['service']);
      const routeId = foreignId(row['route']);
      // A route that has not arrived yet has no clients either.
      const routes = routeId === '' ? options.routesOf(serviceId) : [options.route(routeId) ?? []].flat();
      if (routeId !== '' || serviceId !== '') for (const route of routes) addRoute(found, route, authorities);
      else found.everybody = add(found.everybody, authorities);
    }
    return found;
  }

  return {
    get areWanted() {
      return asking.size > 0;
    },
    authoritiesFor(serverName) {
      if (asking.size === 0) return undefined;
      names ??= look();
      const name = serverName?.toLowerCase().replace(/\.$/, '');
      const ids = (name === undefined ? undefined : match(names, name)) ?? names.everybody;
      return ids && [...ids].flatMap((id) => options.authority(id) ?? []);
    },
    put(instance, authorities) {
      asking.set(instance.id, { row: instance.row, authorities });
    },
    delete(id) {
      asking.delete(id);
    },
    forget() {
      names = undefined;
    },
  };
}

function addRoute(names: Names, route: Row, authorities: readonly string[]): void {
  const snis = (route['snis'] as readonly string[] | null) ?? [];
  if (snis.length === 0) names.everybody = add(names.everybody, authorities);
  for (const sni of snis) {
    const name = sni.toLowerCase();
    if (name.startsWith('*')) names.ends.set(name.slice(1), add(names.ends.get(name.slice(1)), authorities));
    else if (name.endsWith('*')) {
      const beginning = name.slice(0, -1);
      names.beginnings.set(beginning, add(names.beginnings.get(beginning), authorities));
    } else names.exact.set(name, add(names.exact.get(name), authorities));
  }
}

function add(to: Set<string> | undefined, ids: readonly string[]): Set<string> {
  return new Set([...(to ?? []), ...ids]);
}

/** The name itself, then ends, then beginnings (Kong 3.9). */
function match(names: Names, name: string): Set<string> | undefined {
  const exact = names.exact.get(name);
  if (exact !== undefined) return exact;
  for (const [end, ids] of names.ends) if (name.endsWith(end)) return ids;
  for (const [beginning, ids] of names.beginnings) if (name.startsWith(beginning)) return ids;
  return undefined;
}
