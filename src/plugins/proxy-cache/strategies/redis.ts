import type { Clock } from '../../../kernel/index.ts';
import type { RedisClient } from '../../../kits/redis/index.ts';
import type { SharedStore } from '../../../pdk/index.ts';
import { decodeAnswer, encodeAnswer } from '../cached-answer.ts';
import type { LocalCopies } from '../local-copies.ts';
import { storeKey } from './memory.ts';
import { type Found, type Strategy, unreadable } from './strategy.ts';

/** Milliseconds for which a worker gives its copy without asking the server: how late it hears of other nodes. */
const copyLife = 1000;

/**
 * Keeps answers in a Redis server, for all nodes that use it, with copies in the worker for a second. The versions of the
 * node's memory make purges on this node count at once. While the server is away everything counts as not found.
 */
export function createRedisStrategy(
  client: RedisClient,
  store: Pick<SharedStore, 'version' | 'delete' | 'clear'>,
  copies: LocalCopies,
  clock: Clock,
): Strategy {
  /** Answers on their way, by key: many clients ask for what one question brings. */
  const asked = new Map<string, Promise<Found>>();

  async function ask(name: string, version: number): Promise<Found> {
    try {
      const bytes = (await client.callForBytes('GET', [name])) as Buffer | null;
      if (bytes === null) return undefined;
      const answer = decodeAnswer(bytes);
      if (answer === undefined) return unreadable;
      copies.set({ key: name, answer, version, expiresAt: clock.now() + copyLife });
      return answer;
    } catch {
      // The client has told the log of it, once for all requests.
      return undefined;
    } finally {
      asked.delete(name);
    }
  }

  return {
    fetch(key) {
      const name = storeKey(key);
      const version = store.version(name);
      const copy = copies.get(name);
      if (copy !== undefined && copy.version === version && copy.expiresAt > clock.now()) return copy.answer;
      let question = asked.get(name);
      if (question === undefined) {
        question = ask(name, version);
        asked.set(name, question);
      }
      return question;
    },
    version: (key) => store.version(storeKey(key)),
    async store(key, answer, seconds, version) {
      const name = storeKey(key);
      if (store.version(name) !== version) return;
      const bytes = Buffer.from(encodeAnswer(answer));
      try {
        await client.call('SET', seconds > 0 ? [name, bytes, 'EX', seconds] : [name, bytes]);
      } catch {
        return;
      }
      // Other workers look again, and this one has its copy.
      store.delete(name);
      copies.set({ key: name, answer, version: store.version(name), expiresAt: clock.now() + copyLife });
    },
    async delete(key) {
      const name = storeKey(key);
      store.delete(name);
      const deleted = Number(await client.call('DEL', [name]));
      store.delete(name);
      return deleted > 0;
    },
    async clear() {
      let cursor = '0';
      do {
        const page = (await client.call('SCAN', [cursor, 'MATCH', storeKey('*'), 'COUNT', 500])) as [string, string[]];
        cursor = page[0];
        if (page[1].length > 0) await client.call('UNLINK', page[1]);
      } while (cursor !== '0');
      store.clear();
    },
    close: () => client.close(),
  };
}
