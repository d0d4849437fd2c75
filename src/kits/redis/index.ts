/**
 * Redis: a client for plugins that keep counts or answers in a Redis (or Valkey) server: one connection for equal
 * configurations, back by itself after an outage, commands that fail at once while the server is away. It knows no
 * plugin, and the package that speaks the protocol is seen in one file only.
 */
export { createRedisClient, type RedisClient, type RedisScript, redisScript } from './client.ts';
export { createRedisClients, type RedisClients } from './clients.ts';
export type { RedisConfig } from './config.ts';
export type { RedisArgument } from './connection.ts';
export { redisShorthands } from './shorthands.ts';
