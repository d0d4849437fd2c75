/** What is stored of a session, and what becomes of the one that it takes the place of. */
export interface SessionWrite {
  readonly key: string;
  readonly value: string;
  /** Seconds. */
  readonly ttl: number;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly oldKey: string | undefined;
  /** Seconds for which the old one is still good; undefined for one that goes at once. */
  readonly oldTtl: number | undefined;
}

/** Sessions in the store, by their ids. */
export interface SessionStorage {
  get(key: string): string | undefined | Promise<string | undefined>;
  set(write: SessionWrite): Promise<void>;
  delete(key: string): Promise<void>;
}
