import { compileSnis, hasServerName, type SniCondition } from '../traditional/conditions.ts';
import type { FieldsFlavor } from '../traditional/flavor.ts';
import type { RouteTarget } from '../types.ts';
import { compileNets, type NetCondition } from './nets.ts';
import type { StreamRequest } from './types.ts';

/** A route made ready for matching. */
export interface StreamEntry<T extends RouteTarget> {
  readonly target: T;
  readonly id: string;
  readonly createdAt: number;
  /** Higher goes first; equal ones by age, then by id. */
  readonly rank: number;
  readonly snis: SniCondition | undefined;
  readonly sources: NetCondition | undefined;
  readonly destinations: NetCondition | undefined;
}

/** Reads a route; undefined for one without any condition, which no connection can be for. */
export function compileStreamEntry<T extends RouteTarget>(target: T, flavor: FieldsFlavor): StreamEntry<T> | undefined {
  const { route } = target;
  const names = route['snis'] as readonly string[] | null | undefined;
  const snis = compileSnis(names ?? []);
  const sources = compileNets(route['sources']);
  const destinations = compileNets(route['destinations']);
  if (snis === undefined && sources === undefined && destinations === undefined) return undefined;
  const rank = flavor === 'traditional' ? traditionalRank : compatibleRank;
  return {
    target,
    id: route['id'] as string,
    createdAt: (route['created_at'] as number | null | undefined) ?? 0,
    rank: rank(snis !== undefined, sources, destinations),
    snis,
    sources,
    destinations,
  };
}

type Rank = (hasSnis: boolean, sources: NetCondition | undefined, destinations: NetCondition | undefined) => number;

/**
 * Kong 3.9's `traditional`: the more kinds of condition the better, then server names before sources before destinations,
 * then routes that name an address with a port.
 */
const traditionalRank: Rank = (hasSnis, sources, destinations) => {
  const kinds = [hasSnis, sources !== undefined, destinations !== undefined];
  const count = kinds.filter((has) => has).length;
  const category = kinds.reduce((bits, has) => bits * 2 + (has ? 1 : 0), 0);
  return (count * 8 + category) * 4 + (sources?.hasPair === true ? 2 : 0) + (destinations?.hasPair === true ? 1 : 0);
};

/**
 * Kong 3.9's `traditional_compatible`: routes with server names, or with both sources and destinations, go first; then the
 * kinds of sources count (address, port, range), then those of destinations.
 */
const compatibleRank: Rank = (hasSnis, sources, destinations) => {
  const isFirst = hasSnis || (sources !== undefined && destinations !== undefined);
  return (isFirst ? 256 : 0) + (sources?.bits ?? 0) * 16 + (destinations?.bits ?? 0);
};

/** Negative when the first of two routes is to be asked before the second. */
export function compareEntries<T extends RouteTarget>(left: StreamEntry<T>, right: StreamEntry<T>): number {
  return (
    right.rank - left.rank || left.createdAt - right.createdAt || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
  );
}

/**
 * True when a connection meets all conditions of a route. Server names are asked of every connection, so that one without
 * TLS is never taken for a route with names. Kong 3.9's `traditional_compatible` lets those pass.
 */
export function meets<T extends RouteTarget>(entry: StreamEntry<T>, request: StreamRequest): boolean {
  const { snis, sources, destinations } = entry;
  if (snis !== undefined && !hasServerName(snis, request.sni)) return false;
  if (destinations !== undefined && !destinations.has(request.serverIp, request.port)) return false;
  return sources === undefined || sources.has(request.clientIp, request.clientPort);
}
