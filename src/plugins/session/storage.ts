import { whenReady } from '../../kits/credentials/index.ts';
import type { SessionStorage } from '../../kits/sessions/index.ts';
import type { EntityReader, EntityWriter } from '../../pdk/index.ts';
import type { Stored } from '../../schema/index.ts';
import type { sessions } from './entities.ts';

type Row = Stored<typeof sessions>;

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
