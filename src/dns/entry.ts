import type { GibbonError } from '../kernel/index.ts';
import type { Counts } from './statistics.ts';
import type { Found, Place } from './walk.ts';

/** One address that a name leads to. */
export interface ResolvedAddress {
  readonly ip: string;
  /** The port that was asked for, or that of an SRV record where it has one. */
  readonly port: number;
  /** The share among the addresses of an SRV name; undefined for all other names. */
  readonly weight: number | undefined;
  /** The name in the SRV record; undefined for all other names. */
  readonly srvName: string | undefined;
}

/** A name that was asked for, and what is known of it. */
export interface Entry {
  /** In lower case. A dot at the end is kept: it says that no search domain is to be tried. */
  readonly name: string;
  found: readonly Found[] | undefined;
  fault: GibbonError | undefined;
  /** Monotonic milliseconds at which to ask again. */
  freshUntil: number;
  /** Monotonic milliseconds until which `found` may be given out. */
  usableUntil: number;
  pending: Promise<void> | undefined;
  last: Place | undefined;
  /** What was given out last, and the port that it was for: nearly always the next one asks for the same. */
  port: number;
  addresses: readonly ResolvedAddress[] | undefined;
  readonly byPort: Map<number, readonly ResolvedAddress[]>;
  /** How often it was asked for; answered while fresh, and past its time; had to wait. */
  runs: number;
  hits: number;
  staleHits: number;
  misses: number;
  /** How often it was asked for anew in the background, and how often no way led to addresses. */
  refreshes: number;
  failures: number;
}

/** How many ports are remembered of a name. */
const maxPorts = 64;

/** Creates the entry of a name, in lower case, of which nothing is known yet; with an `ip` for one that never changes. */
export function createEntry(name: string, ip: string | undefined): Entry {
  const until = ip === undefined ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return {
    name,
    found: ip === undefined ? undefined : [{ ip, port: undefined, weight: undefined, srvName: undefined }],
    fault: undefined,
    freshUntil: until,
    usableUntil: until,
    pending: undefined,
    last: undefined,
    port: 0,
    addresses: undefined,
    byPort: new Map(),
    runs: 0,
    hits: 0,
    staleHits: 0,
    misses: 0,
    refreshes: 0,
    failures: 0,
  };
}

/** Drops the addresses that are known. */
export function forget(entry: Entry): void {
  entry.found = undefined;
  entry.addresses = undefined;
  entry.byPort.clear();
}

/**
 * The addresses that are known, for a port; the same array for as long as they do not change.
 * @throws GibbonError why none are known
 */
export function addressesOf(entry: Entry, port: number): readonly ResolvedAddress[] {
  if (entry.port === port && entry.addresses !== undefined) return entry.addresses;
  if (entry.found === undefined) throw entry.fault!;
  let addresses = entry.byPort.get(port);
  if (addresses === undefined) {
    addresses = entry.found.map((found) => ({ ...found, port: found.port ?? port }));
    if (entry.byPort.size >= maxPorts) entry.byPort.clear();
    entry.byPort.set(port, addresses);
  }
  entry.port = port;
  entry.addresses = addresses;
  return addresses;
}

/** The counters of a name, in the words of Kong's second client; those that are 0 are left out, as there. */
export function countsOf({ runs, hits, staleHits, misses, refreshes, failures }: Entry): Counts {
  const counts = { runs, hit_lru: hits, hit_stale: staleHits, miss: misses, stale: refreshes, fail: failures };
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value > 0));
}

/** True when these are the addresses that are known already, in any order. */
export function hasSame({ found: a }: Entry, b: readonly Found[]): boolean {
  if (a === undefined || a.length !== b.length) return false;
  const text = (found: Found): string => `${found.ip} ${found.port} ${found.weight} ${found.srvName}`;
  const known = new Set(a.map(text));
  return b.every((found) => known.has(text(found)));
}
