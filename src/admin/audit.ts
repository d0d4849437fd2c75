/** One request that wrote, or tried to. */
export interface AuditEntry {
  /** Counted from 1 since the node started. */
  readonly serial: number;
  /** Seconds since the epoch, with milliseconds as a fraction. */
  readonly at: number;
  readonly client_ip: string;
  readonly method: string;
  /** Without the query, which may hold secrets. */
  readonly path: string;
  readonly status: number;
  /** Milliseconds until the answer. */
  readonly latency: number;
  /** The id of the row that was answered with. */
  readonly entity_id: string | null;
}

/** The last requests that wrote through the Admin API of a node, in memory. */
export interface AuditLog {
  add(entry: Omit<AuditEntry, 'serial'>): void;
  /** Up to `size` entries older than `before`, newest first. */
  page(size: number, before: number | undefined): readonly AuditEntry[];
}

/** Creates an empty log of so many entries; the oldest make room. */
export function createAuditLog(capacity: number): AuditLog {
  const ring: AuditEntry[] = [];
  let last = 0;
  return {
    add(entry) {
      if (capacity <= 0) return;
      last += 1;
      ring[last % capacity] = { serial: last, ...entry };
    },
    page(size, before = last + 1) {
      const found: AuditEntry[] = [];
      const oldest = Math.max(1, last - capacity + 1);
      for (let serial = Math.min(before - 1, last); serial >= oldest && found.length < size; serial--) {
        found.push(ring[serial % capacity]!);
      }
      return found;
    },
  };
}
