import { isIP } from 'node:net';
import type { ResolvedAddress, Resolver } from '../dns/index.ts';
import { GibbonError, messageOf } from '../kernel/index.ts';
import { BalancedPeer, type PeerOwner } from './peer.ts';

/** A configured host and port, and the peers that it stands for at the moment. */
export interface Host {
  readonly name: string;
  readonly port: number;
  readonly peers: readonly BalancedPeer[];
  /** The type of the records behind the peers, as Kong names it: A, AAAA or SRV; undefined without peers. */
  readonly recordType: string | undefined;
  /** Why there are no peers; undefined when there are some, and before the first answer. */
  readonly fault: GibbonError | undefined;
  /** Settles, without a value or fault, when the answer that is awaited is there. */
  readonly pending: Promise<void> | undefined;
  /** Takes over what the resolver says now. Cheap when nothing changed; peers whose address stays, stay. */
  refresh(): void;
  setWeight(weight: number): void;
  /** See {@link HostOptions.useSrvName}; peers that do not come of an SRV record stay. */
  setUseSrvName(value: boolean): void;
  /** Lets go of all peers, for good. */
  close(): void;
}

/** What {@link createHost} needs. */
export interface HostOptions {
  readonly name: string;
  readonly port: number;
  /** Of each address, except for those of SRV records, which bring their own; 0 for no traffic at all. */
  readonly weight: number;
  readonly targetId: string | undefined;
  /** Peers carry the name in the SRV record in place of the configured one (`use_srv_name`). */
  readonly useSrvName: boolean;
  readonly resolver: Resolver;
  readonly owner: PeerOwner;
  /** Called for each new peer before it is among the others. */
  readonly onNew?: (peer: BalancedPeer) => void;
  /** Called after peers or weights changed. */
  readonly onChange: () => void;
  /** Called for each peer whose address is no longer there. */
  readonly onGone: (peer: BalancedPeer) => void;
}

const nothing: readonly ResolvedAddress[] = [];

/** Creates a {@link Host}; call `refresh` to get its first peers. */
export function createHost(options: HostOptions): Host {
  const { port, resolver } = options;
  const name = options.name.replace(/^\[(.*)\]$/, '$1');
  const isAddress = isIP(name) !== 0;
  let { weight, useSrvName } = options;
  let addresses = nothing;
  /** The peer of each address, index by index. */
  let assigned: readonly BalancedPeer[] = [];
  let peers: readonly BalancedPeer[] = [];
  let fault: GibbonError | undefined;
  let pending: Promise<void> | undefined;
  let isClosed = false;

  function createPeer({ ip, port: own }: ResolvedAddress, host: string): BalancedPeer {
    const peer = new BalancedPeer({ ip, port: own, host, targetId: options.targetId, weight: 0 }, options.owner);
    options.onNew?.(peer);
    return peer;
  }

  /** A host of weight 0 gets no traffic, whatever its SRV records say; two records for one address add up. */
  function weigh(): void {
    for (const peer of peers) peer.weight = 0;
    if (weight === 0) return;
    for (const [at, address] of addresses.entries()) assigned[at]!.weight += address.weight ?? weight;
  }

  function accept(found: readonly ResolvedAddress[]): void {
    fault = undefined;
    if (found === addresses) return;
    addresses = found;
    const former = new Map(peers.map((peer) => [keyOf(peer, peer.host), peer]));
    const current = new Map<string, BalancedPeer>();
    assigned = found.map((address) => {
      const host = useSrvName && address.srvName !== undefined ? address.srvName : name;
      const key = keyOf(address, host);
      const peer = current.get(key) ?? former.get(key) ?? createPeer(address, host);
      former.delete(key);
      current.set(key, peer);
      return peer;
    });
    peers = [...current.values()];
    weigh();
    options.onChange();
    for (const peer of former.values()) options.onGone(peer);
  }

  function fail(reason: unknown): void {
    accept(nothing);
    fault = reason instanceof GibbonError ? reason : unresolved(name, reason);
  }

  function refresh(): void {
    if (pending !== undefined || isClosed || (isAddress && peers.length > 0)) return;
    let outcome: readonly ResolvedAddress[] | Promise<readonly ResolvedAddress[]>;
    try {
      outcome = resolver.resolve(name, port);
    } catch (reason) {
      fail(reason);
      return;
    }
    if (!(outcome instanceof Promise)) {
      accept(outcome);
      return;
    }
    pending = outcome
      .then(
        (found) => {
          if (!isClosed) accept(found);
        },
        (reason: unknown) => {
          if (!isClosed) fail(reason);
        },
      )
      .finally(() => {
        pending = undefined;
      });
  }

  return {
    name,
    port,
    get peers() {
      return peers;
    },
    get recordType() {
      const first = addresses[0];
      if (first === undefined) return undefined;
      return first.srvName !== undefined ? 'SRV' : isIP(first.ip) === 6 ? 'AAAA' : 'A';
    },
    get fault() {
      return fault;
    },
    get pending() {
      return pending;
    },
    refresh,
    setWeight(value) {
      if (value === weight) return;
      weight = value;
      weigh();
      options.onChange();
    },
    setUseSrvName(value) {
      if (value === useSrvName) return;
      useSrvName = value;
      if (addresses === nothing) return;
      const found = addresses;
      addresses = nothing;
      accept(found);
    },
    close() {
      accept(nothing);
      isClosed = true;
    },
  };
}

/** Splits `host:port` or `[v6]:port` as targets are stored; port 8000 when there is none (Kong 3.9). */
export function parseTarget(target: string): { readonly name: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(target);
  if (match === null) return { name: target, port: 8000 };
  return { name: match[1] ?? match[2]!, port: match[3] === undefined ? 8000 : Number(match[3]) };
}

function keyOf(address: { readonly ip: string; readonly port: number }, host: string): string {
  return `${address.ip} ${address.port} ${host}`;
}

function unresolved(name: string, reason: unknown): GibbonError {
  return new GibbonError(`Cannot resolve "${name}": ${messageOf(reason)}`, {
    code: 'ERR_DNS_FAILED',
    status: 500,
    source: 'upstream',
    retry: true,
    cause: reason,
  });
}
