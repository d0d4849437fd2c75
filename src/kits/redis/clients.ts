import type { Logger } from '../../kernel/index.ts';
import { createRedisClient, type RedisClient } from './client.ts';
import { type RedisConfig, sharingKey } from './config.ts';
import { type Connect, connectRedis } from './connection.ts';

/** The Redis servers that one worker talks to. */
export interface RedisClients {
  /**
   * A client for a configuration; equal configurations share one connection. Each holder closes its own, and the last one
   * ends the connection.
   */
  open(config: RedisConfig): RedisClient;
}

/** Creates {@link RedisClients}; kept in the closure of a plugin's `setup`. */
export function createRedisClients(log: Logger, connect: Connect = connectRedis): RedisClients {
  const shared = new Map<string, { readonly client: RedisClient; holders: number }>();
  return {
    open(config) {
      const key = sharingKey(config);
      let entry = shared.get(key);
      if (entry === undefined) {
        entry = { client: createRedisClient(config, log, connect), holders: 0 };
        shared.set(key, entry);
      }
      const { client } = entry;
      const held = entry;
      held.holders += 1;
      let isOpen = true;
      return {
        call: (command, args) => client.call(command, args),
        callForBytes: (command, args) => client.callForBytes(command, args),
        run: (script, keys, args) => client.run(script, keys, args),
        close() {
          if (!isOpen) return;
          isOpen = false;
          held.holders -= 1;
          if (held.holders > 0) return;
          shared.delete(key);
          client.close();
        },
      };
    },
  };
}
