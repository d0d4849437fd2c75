import type { RouteTarget } from '../types.ts';
import { addToBucket, type Bucket, removeFromBucket } from './bucket.ts';
import type { RouteEntry } from './entry.ts';
import { joinPort, type RouteHost, splitHost } from './host-name.ts';

type Buckets<T extends RouteTarget> = Map<string, Bucket<T>>;

const dot = 0x2e;

/** The entries by host. A look-up leaves its answer in fields, to be read before the next one. */
export class HostIndex<T extends RouteTarget> {
  readonly #hosts: { readonly [kind in RouteHost['kind']]: Buckets<T> } = {
    plain: new Map(),
    suffix: new Map(),
    prefix: new Map(),
  };
  #everyHost: Bucket<T> | undefined;
  #listedPorts = 0;
  #lastWideChange = 0;

  /** Counts changes. */
  tick = 0;
  /** The buckets that have entries for the host looked up last; only the first {@link HostIndex.count} are meant. */
  readonly buckets: Bucket<T>[] = [];
  /** For each of these buckets, whether it is listed as the very text of the Host header, or for every host. */
  readonly isLiteral: boolean[] = [];
  count = 0;
  /** The bucket of the host's name without a port. */
  plainBucket: Bucket<T> | undefined;

  /** The {@link HostIndex.tick} of the last change that can matter for the host looked up last. */
  get lastChange(): number {
    const bucket = this.plainBucket;
    return Math.max(this.#lastWideChange, bucket?.kind === 'bucket' ? bucket.lastChange : 0);
  }

  add(entry: RouteEntry<T>): void {
    this.tick += 1;
    if (entry.hosts.length === 0) this.#everyHost = addToBucket(this.#everyHost, entry, this.tick);
    for (const host of entry.hosts) {
      if (host.hasPort) this.#listedPorts += 1;
      const buckets = this.#hosts[host.kind];
      const known = buckets.get(host.key);
      const bucket = addToBucket(known, entry, this.tick);
      if (bucket !== known) buckets.set(host.key, bucket);
    }
    this.#noteWideChange(entry);
  }

  remove(entry: RouteEntry<T>): void {
    this.tick += 1;
    if (this.#everyHost !== undefined && entry.hosts.length === 0) {
      this.#everyHost = removeFromBucket(this.#everyHost, entry, this.tick);
    }
    for (const host of entry.hosts) {
      if (host.hasPort) this.#listedPorts -= 1;
      const buckets = this.#hosts[host.kind];
      const bucket = buckets.get(host.key);
      const left = bucket === undefined ? undefined : removeFromBucket(bucket, entry, this.tick);
      if (left === undefined) buckets.delete(host.key);
    }
    this.#noteWideChange(entry);
  }

  /** A change under a plain name touches this name only; any other may touch each request. */
  #noteWideChange(entry: RouteEntry<T>): void {
    if (entry.hosts.length === 0 || entry.hosts.some((host) => host.kind !== 'plain' || host.hasPort)) {
      this.#lastWideChange = this.tick;
    }
  }

  /** Finds the buckets for a Host header in lower case; `port` is that of a header without one. */
  find(host: string, port: number): void {
    this.count = 0;
    this.plainBucket = undefined;
    if (this.#everyHost !== undefined) this.#put(this.#everyHost, true);
    if (host === '') return;
    const { plain, suffix, prefix } = this.#hosts;
    const literal = plain.get(host);
    if (literal !== undefined) this.#put(literal, true);
    this.plainBucket = literal;
    const isSimple = this.#listedPorts === 0 && suffix.size === 0 && prefix.size === 0;
    if (!isSimple || host.includes(':')) this.#findFurther(host, port);
  }

  #findFurther(host: string, port: number): void {
    const parts = splitHost(host);
    const { name } = parts;
    const { plain, suffix, prefix } = this.#hosts;
    if (name !== host) {
      this.plainBucket = plain.get(name);
      if (this.plainBucket !== undefined) this.#put(this.plainBucket, false);
    }
    const digits = parts.port ?? port;
    if (this.#listedPorts > 0) {
      const full = joinPort(name, digits);
      if (full !== host) this.#putFrom(plain, full);
    }
    if (suffix.size > 0) this.#findSuffixes(suffix, name, digits);
    if (prefix.size > 0) this.#findPrefixes(prefix, name, digits);
  }

  #findSuffixes(suffix: Buckets<T>, name: string, port: string | number): void {
    for (let i = 1; i < name.length; i++) {
      if (name.charCodeAt(i) !== dot) continue;
      const key = name.slice(i);
      this.#putFrom(suffix, key);
      if (this.#listedPorts > 0) this.#putFrom(suffix, `${key}:${port}`);
    }
  }

  #findPrefixes(prefix: Buckets<T>, name: string, port: string | number): void {
    for (let i = 1; i < name.length - 1; i++) {
      if (name.charCodeAt(i) !== dot) continue;
      const key = name.slice(0, i + 1);
      this.#putFrom(prefix, key);
      if (this.#listedPorts > 0) this.#putFrom(prefix, `${key}:${port}`);
    }
  }

  #putFrom(buckets: Buckets<T>, key: string): void {
    const bucket = buckets.get(key);
    if (bucket !== undefined) this.#put(bucket, false);
  }

  #put(bucket: Bucket<T>, isLiteral: boolean): void {
    this.buckets[this.count] = bucket;
    this.isLiteral[this.count] = isLiteral;
    this.count += 1;
  }
}
