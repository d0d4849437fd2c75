import type { Resolver } from '../../dns/index.ts';
import { hasEnough } from '../balancer.ts';
import type { TargetRow, UpstreamRow } from '../balancers.ts';
import { createHost, type Host, parseTarget } from '../host.ts';
import type { BalancedPeer } from '../peer.ts';
import { type AddressId, addressKey } from './messages.ts';
import { type HealthPolicy, healthPolicy } from './policy.ts';
import { WatchedAddress, type WatchedGroup } from './watched-address.ts';

/** A target with its addresses. */
export interface WatchedTarget {
  readonly row: TargetRow;
  readonly host: Host;
  readonly addresses: ReadonlyMap<string, WatchedAddress>;
}

/** What a {@link WatchedUpstream} tells the ledger. */
export interface UpstreamEvents {
  /** To be called when a check of an address is due. */
  readonly due: (address: WatchedAddress) => void;
  /** To be called when the time of an address' ejection is over. */
  readonly tryOut: (address: WatchedAddress) => void;
  /** An address is new, or may have got weight or lost it. */
  readonly began: (address: WatchedAddress) => void;
  /** The upstream has other active checks from now on. */
  readonly changed: (address: WatchedAddress) => void;
  /** An address is no longer there. */
  readonly ended: (address: WatchedAddress) => void;
}

/** What {@link createWatchedUpstream} needs. */
export interface WatchedUpstreamOptions extends UpstreamEvents {
  readonly resolver: Resolver;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** One upstream with its targets as the ledger keeps them. Edits leave the health of what they do not touch alone. */
export interface WatchedUpstream extends WatchedGroup {
  readonly row: UpstreamRow;
  readonly targets: ReadonlyMap<string, WatchedTarget>;
  /** Weight of all addresses, of those that may have traffic, and of those that are ejected or on trial. */
  readonly weight: { readonly total: number; readonly available: number; readonly ejected: number };
  /** True while more than the threshold is available. */
  readonly isHealthy: boolean;
  putUpstream(row: UpstreamRow): void;
  putTarget(row: TargetRow): void;
  deleteTarget(id: string): void;
  /** The address of that name; one of a known target that is new to us is taken in. */
  find(id: AddressId): WatchedAddress | undefined;
  all(): Iterable<WatchedAddress>;
  /** Follows the changes of names, and forgets addresses that only workers knew if nothing speaks against them. */
  refresh(): void;
  close(): void;
}

interface Entry extends WatchedTarget {
  row: TargetRow;
  readonly addresses: Map<string, WatchedAddress>;
}

/** Seconds for which an address is kept that is not among those the ledger itself finds by the target's name. */
const strangerLife = 600;

/** Creates a {@link WatchedUpstream} without targets. */
export function createWatchedUpstream(first: UpstreamRow, options: WatchedUpstreamOptions): WatchedUpstream {
  const targets = new Map<string, Entry>();
  let row = first;
  let policy = healthPolicy(first.healthchecks);

  function add(entry: Entry, id: AddressId): WatchedAddress {
    const address = new WatchedAddress(id, upstream, options.now(), options.due, options.tryOut);
    entry.addresses.set(addressKey(id), address);
    return address;
  }

  function remove(entry: Entry, key: string, address: WatchedAddress): void {
    entry.addresses.delete(key);
    options.ended(address);
  }

  /** Holds the addresses of a target to what its name stands for now. */
  function sync(entry: Entry): void {
    const current = new Set<string>();
    for (const peer of entry.host.peers) {
      const key = addressKey(peer);
      current.add(key);
      const address = entry.addresses.get(key) ?? add(entry, idOf(row.id, peer));
      address.peer = peer;
      options.began(address);
    }
    for (const [key, address] of entry.addresses) {
      if (address.peer !== undefined && !current.has(key)) remove(entry, key, address);
    }
  }

  function putTarget(given: TargetRow): void {
    const known = targets.get(given.id);
    if (known !== undefined && known.row.target === given.target) {
      known.row = given;
      known.host.setWeight(given.weight ?? 100);
      return;
    }
    deleteTarget(given.id);
    const host = createHost({
      ...parseTarget(given.target),
      weight: given.weight ?? 100,
      targetId: given.id,
      useSrvName: row.use_srv_name === true,
      resolver: options.resolver,
      owner: { reported() {} },
      onChange: () => sync(entry),
      onGone() {},
    });
    const entry: Entry = { row: given, host, addresses: new Map() };
    targets.set(given.id, entry);
    host.refresh();
  }

  function deleteTarget(id: string): void {
    const entry = targets.get(id);
    if (entry === undefined) return;
    targets.delete(id);
    entry.host.close();
    for (const [key, address] of [...entry.addresses]) remove(entry, key, address);
  }

  function* all(): Iterable<WatchedAddress> {
    for (const { addresses } of targets.values()) yield* addresses.values();
  }

  function weigh(): WatchedUpstream['weight'] {
    let total = 0;
    let available = 0;
    let ejected = 0;
    for (const { peer, isServing, ejection } of all()) {
      if (peer === undefined) continue;
      total += peer.weight;
      if (isServing) available += peer.weight;
      if (ejection.state !== 'in') ejected += peer.weight;
    }
    return { total, available, ejected };
  }

  const upstream: WatchedUpstream = {
    running: 0,
    queue: [],
    targets,
    get row() {
      return row;
    },
    get policy(): HealthPolicy {
      return policy;
    },
    get hostHeader() {
      return row.host_header ?? undefined;
    },
    get certificateId() {
      return row.client_certificate?.id;
    },
    get weight() {
      return weigh();
    },
    get isHealthy() {
      const { total, available } = weigh();
      return hasEnough(available, total, policy.threshold);
    },
    putUpstream(given) {
      const former = row;
      row = given;
      policy = healthPolicy(given.healthchecks);
      for (const { host } of targets.values()) host.setUseSrvName(given.use_srv_name === true);
      if (JSON.stringify(given.healthchecks?.active) !== JSON.stringify(former.healthchecks?.active)) {
        for (const address of all()) options.changed(address);
      }
    },
    putTarget,
    deleteTarget,
    find(id) {
      const entry = targets.get(id.targetId);
      if (entry === undefined) return undefined;
      const known = entry.addresses.get(addressKey(id));
      if (known !== undefined) return known;
      const stranger = add(entry, id);
      options.began(stranger);
      return stranger;
    },
    all,
    refresh() {
      for (const entry of targets.values()) {
        entry.host.refresh();
        for (const [key, address] of entry.addresses) {
          if (address.peer !== undefined) continue;
          const isOld = options.now() - address.since > strangerLife;
          if (isOld || address.isInnocent) remove(entry, key, address);
        }
      }
    },
    close() {
      for (const id of [...targets.keys()]) deleteTarget(id);
    },
  };
  return upstream;
}

function idOf(upstreamId: string, peer: BalancedPeer): AddressId {
  const { targetId, ip, port, host } = peer;
  return { upstreamId, targetId: targetId!, ip, port, host };
}
