import { normalizePath } from '../../schema/index.ts';
import { type Bag, isBag, ownValue } from './bag.ts';

/** Formats of Kong 1.x and 2.x, in which a path was a regular expression when it looked like one. */
const olderFormats: ReadonlySet<unknown> = new Set(['1.1', '2.1']);

/**
 * Brings routes of an older format to that of Kong 3.0: paths that look like regular expressions get a `~`, others are
 * normalized. Looks where Kong looks, at the top level and within services; changes the table.
 */
export function migratePaths(table: Bag): void {
  if (!olderFormats.has(ownValue(table, '_format_version'))) return;
  // What a YAML alias repeats is one object, to be changed once.
  const done = new WeakSet<object>();
  migrateRoutes(ownValue(table, 'routes'), done);
  const services = ownValue(table, 'services');
  if (!Array.isArray(services)) return;
  for (const service of services) if (isBag(service)) migrateRoutes(ownValue(service, 'routes'), done);
}

function migrateRoutes(routes: unknown, done: WeakSet<object>): void {
  if (!Array.isArray(routes)) return;
  for (const route of routes) {
    if (!isBag(route) || done.has(route) || !Array.isArray(ownValue(route, 'paths'))) continue;
    done.add(route);
    route.paths = (route.paths as unknown[]).map((path) => (typeof path === 'string' ? migratePath(path) : path));
  }
}

/** A path of Kong 2.x as Kong 3.0 spells it. */
export function migratePath(path: string): string {
  return /^[\w.\-~/%]*$/.test(path) ? normalizePath(path) : `~${decodeUnreserved(path)}`;
}

const reserved = new Set("!#$%&'()*+,/:;=?@[]");
const meta = new Set('.^-{}\\|');

/** Kong 3.0 no longer decodes what a regular expression has percent-encoded, so that is done here once. */
function decodeUnreserved(regex: string): string {
  return regex.replace(/%([\da-f]{2})/gi, (triplet, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    if (reserved.has(character)) return triplet.toUpperCase();
    return meta.has(character) ? `\\${character}` : character;
  });
}
