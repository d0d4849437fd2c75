import { BlockList, isIP, isIPv4 } from 'node:net';

/** Addresses with ports of which a connection must have one. */
export interface NetCondition {
  has(ip: string, port: number): boolean;
  /** The ports that are asked for; undefined when some entry is met by any port. */
  readonly ports: ReadonlySet<number> | undefined;
  /** Some entry names both an address and a port. */
  readonly hasPair: boolean;
  /** What entries name, as bits: {@link ipBit}, {@link portBit}, {@link cidrBit}. */
  readonly bits: number;
}

/** An entry names a single address (Kong 3.9's weight of it). */
export const ipBit = 8;
/** An entry names a port. */
export const portBit = 4;
/** An entry names a range of addresses. */
export const cidrBit = 1;

interface Entry {
  readonly range: { readonly list: BlockList; readonly family: 'ipv4' | 'ipv6' } | undefined;
  readonly port: number | undefined;
}

/** Reads a route's `sources` or `destinations`; undefined when it names none. */
export function compileNets(given: unknown): NetCondition | undefined {
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const entries: Entry[] = [];
  let bits = 0;
  for (const { ip, port } of given as readonly { readonly ip?: string | null; readonly port?: number | null }[]) {
    if (typeof ip === 'string') bits |= ip.includes('/') ? cidrBit : ipBit;
    if (typeof port === 'number') bits |= portBit;
    entries.push({ range: typeof ip === 'string' ? rangeOf(ip) : undefined, port: port ?? undefined });
  }
  const everyHasPort = entries.every((entry) => entry.port !== undefined);
  return {
    has(ip, port) {
      for (const entry of entries) {
        if (entry.port !== undefined && entry.port !== port) continue;
        if (entry.range === undefined || isWithin(entry.range, ip)) return true;
      }
      return false;
    },
    ports: everyHasPort ? new Set(entries.map((entry) => entry.port!)) : undefined,
    hasPair: entries.some((entry) => entry.range !== undefined && entry.port !== undefined),
    bits,
  };
}

function rangeOf(text: string): NonNullable<Entry['range']> {
  const [address = '', prefix] = text.split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(prefix), family);
  return { list, family };
}

/** An IPv6 range holds no IPv4 address, whatever Node makes of `::ffff:0:0/96`. */
function isWithin({ list, family }: NonNullable<Entry['range']>, ip: string): boolean {
  return isIP(ip) === (family === 'ipv4' ? 4 : 6) && list.check(ip, family);
}
