import { whenReady } from '../../kits/credentials/index.ts';
import type { EntityReader, EntityWriter } from '../../pdk/index.ts';
import type { Stored } from '../../schema/index.ts';
import type { sessions } from './entities.ts';

type Row = Stored<typeof sessions>;

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

/** Keeps sessions as rows of `sessions`. */
export function createStorage(reader: EntityReader<Row>, writer: EntityWriter<Row>): SessionStorage {
  return {
    get: (key) => whenReady(reader.find(key), (row) => row?.data ?? undefined),
    async set({ key, value, ttl, now, oldKey, oldTtl }) {
      await writer.insert({ session_id: key, data: value, expires: now + ttl }, ttl);
      const old = oldKey === undefined ? undefined : await reader.find(oldKey);
      if (old === undefined) return;
      if (oldTtl === undefined) await writer.delete(old.id);
      else await writer.update(old.id, { expires: now + oldTtl }, oldTtl);
    },
    async delete(key) {
      const row = await reader.find(key);
      if (row !== undefined) await writer.delete(row.id);
    },
  };
}
