import { isIP } from 'node:net';
import type { RedisOptions } from 'ioredis';
import type { RedisConfig } from './config.ts';

/** What a command may be given. */
export type RedisArgument = string | number | Buffer;

/** A connection that comes back by itself. */
export interface RedisConnection {
  /** Sends a command. @throws when the server refuses it, is away, or does not answer in time. */
  call(command: string, args: readonly RedisArgument[]): Promise<unknown>;
  /** The same; texts in the answer come as bytes. */
  callForBytes(command: string, args: readonly RedisArgument[]): Promise<unknown>;
  /** Gives the connection up for a new one, as when the server has fallen silent. */
  renew(): void;
  /** Ends the connection for good. */
  close(): void;
}

/** What a connection tells of itself. */
export interface ConnectionEvents {
  /** Commands can be sent. */
  onReady(): void;
  /** The connection is lost, or could not be made; the next try comes by itself. */
  onAway(reason: string): void;
}

/** Makes a connection; resolves before it is ready. */
export type Connect = (config: RedisConfig, events: ConnectionEvents) => Promise<RedisConnection>;

const firstPause = 50;
const longestPause = 2000;

/** Connects with ioredis, which is loaded when the first configuration needs it. */
export const connectRedis: Connect = async (config, events) => {
  const { Redis } = await import('ioredis');
  const redis = new Redis(optionsOf(config));
  let reason = 'connection closed';
  redis.on('error', (fault: Error) => {
    reason = reasonOf(fault);
  });
  redis.on('ready', () => events.onReady());
  redis.on('close', () => events.onAway(reason));
  return {
    call: (command, args) => redis.call(command, [...args]),
    callForBytes: (command, args) => redis.callBuffer(command, [...args]),
    renew() {
      reason = 'no answer in time';
      redis.disconnect(true);
    },
    close: () => redis.disconnect(),
  };
};

function optionsOf(config: RedisConfig): RedisOptions & { readonly replyMapping: 'legacy' } {
  const timeout = Math.max(1, config.timeout ?? 2000);
  const host = config.host ?? '127.0.0.1';
  return {
    host,
    port: config.port ?? 6379,
    db: config.database ?? 0,
    ...(isGiven(config.username) && isGiven(config.password) ? { username: config.username } : {}),
    ...(isGiven(config.password) ? { password: config.password } : {}),
    connectTimeout: timeout,
    commandTimeout: timeout,
    // The older protocol is understood by every Redis and Valkey, and nothing of the newer one is needed.
    protocol: 2,
    replyMapping: 'legacy',
    disableClientInfo: true,
    // Nothing waits for a server that is away, and nothing is sent twice: a count would be taken twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times) => Math.min(longestPause, firstPause * 2 ** (times - 1)),
    ...(config.ssl === true
      ? {
          tls: {
            rejectUnauthorized: config.ssl_verify === true,
            ...(isGiven(config.server_name)
              ? { servername: config.server_name }
              : isIP(host) === 0
                ? { servername: host }
                : {}),
          },
        }
      : {}),
  };
}

function isGiven(text: string | null): text is string {
  return text !== null && text !== '';
}

function reasonOf(fault: Error & { readonly code?: string }): string {
  // Several addresses that were tried in vain come as one fault without a text.
  return fault.message === '' ? (fault.code ?? fault.name) : fault.message;
}
