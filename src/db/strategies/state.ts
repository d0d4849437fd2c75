/** Migrations of one subsystem: Kong's core, one of its plugins, or what is ours. */
export interface MigrationGroup {
  readonly subsystem: string;
  /** Kong's namespaces for its own, `gibbon` for ours. */
  readonly namespace: string;
  readonly names: readonly string[];
}

/** How far the layout of a store has come. */
export interface StoreState {
  readonly executed: readonly MigrationGroup[];
  /** Begun and not finished. */
  readonly pending: readonly MigrationGroup[];
  /** Known here and not taken by the store yet. */
  readonly missing: readonly MigrationGroup[];
}

/** What the operator may do with a store as a whole. */
export interface StoreMaintenance {
  /**
   * Reads how far the store has come, without changing it; undefined when there is none.
   * @throws GibbonError `ERR_STORE_OPEN` when it cannot be reached, `ERR_STORE_NEWER` when a newer version wrote it
   */
  state(): Promise<StoreState | undefined>;
  /**
   * Creates the store or brings it up to date, alone among all nodes.
   * @throws GibbonError `ERR_STORE_LOCKED` when another node is at it for too long
   */
  migrate(): Promise<void>;
  /** Deletes everything in it. */
  reset(): Promise<void>;
}
