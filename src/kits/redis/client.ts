import { hash } from 'node:crypto';
import { GibbonError, type Logger, messageOf } from '../../kernel/index.ts';
import { addressOf, type RedisConfig } from './config.ts';
import { type Connect, connectRedis, type RedisArgument, type RedisConnection } from './connection.ts';

/** A Lua script that the server runs as one step. */
export interface RedisScript {
  readonly source: string;
  /** What the server knows it by once it has seen it. */
  readonly digest: string;
}

/** Makes a script of its source. */
export function redisScript(source: string): RedisScript {
  return Object.freeze({ source, digest: hash('sha1', source) });
}

/** A Redis server, whether it is there or not. */
export interface RedisClient {
  /**
   * Sends a command. While the connection is being made for the first time it waits; after that it fails at once as long
   * as the server is away.
   * @throws GibbonError `ERR_REDIS_AWAY` when the server cannot be reached or does not answer within the configuration's
   * timeout, `ERR_REDIS_REPLY` when it refuses.
   */
  call(command: string, args: readonly RedisArgument[]): Promise<unknown>;
  /** As {@link RedisClient.call}; texts in the answer come as bytes. */
  callForBytes(command: string, args: readonly RedisArgument[]): Promise<unknown>;
  /** Runs a script, by its digest wherever the server knows it. @throws as {@link RedisClient.call}. */
  run(script: RedisScript, keys: readonly string[], args: readonly RedisArgument[]): Promise<unknown>;
  /** Ends the connection for good. */
  close(): void;
}

/** Creates a client that begins to connect at once; what becomes of the connection is written to the log. */
export function createRedisClient(config: RedisConfig, log: Logger, connect: Connect = connectRedis): RedisClient {
  const address = addressOf(config);
  let connection: RedisConnection | undefined;
  let state: 'new' | 'ready' | 'away' | 'closed' = 'new';
  let reason = 'not connected yet';
  let decided: () => void = () => {};
  const firstOutcome = new Promise<void>((resolve) => {
    decided = resolve;
  });

  function onReady(): void {
    if (state === 'closed') return;
    if (state === 'away') log.notice(`Redis "${address}" is back`);
    state = 'ready';
    decided();
  }

  function onAway(text: string): void {
    if (state === 'closed') return;
    reason = text;
    if (state !== 'away') log.error(`Cannot reach Redis "${address}": ${reason}`);
    state = 'away';
    decided();
  }

  const opening = connect(config, { onReady, onAway }).then(
    (made) => {
      connection = made;
      if (state === 'closed') made.close();
    },
    (fault: unknown) => onAway(messageOf(fault)),
  );

  function away(cause?: unknown): GibbonError {
    return new GibbonError(`Cannot reach Redis "${address}": ${reason}`, {
      code: 'ERR_REDIS_AWAY',
      source: 'upstream',
      retry: true,
      ...(cause === undefined ? {} : { cause }),
    });
  }

  function faultOf(command: string, fault: unknown): GibbonError {
    if (fault instanceof Error && fault.name === 'ReplyError') {
      return new GibbonError(`Cannot run ${command} on Redis "${address}": ${fault.message}`, {
        code: 'ERR_REDIS_REPLY',
        source: 'upstream',
        cause: fault,
      });
    }
    // A server that has fallen silent would cost every later command its whole timeout.
    if (state === 'ready' && messageOf(fault) === 'Command timed out') {
      onAway('no answer in time');
      connection?.renew();
    }
    return away(fault);
  }

  async function send(
    method: 'call' | 'callForBytes',
    command: string,
    args: readonly RedisArgument[],
  ): Promise<unknown> {
    if (connection === undefined) await opening;
    if (state === 'new') await firstOutcome;
    if (state !== 'ready' || connection === undefined) throw away();
    try {
      return await connection[method](command, args);
    } catch (fault) {
      throw faultOf(command, fault);
    }
  }

  return {
    call: (command, args) => send('call', command, args),
    callForBytes: (command, args) => send('callForBytes', command, args),
    async run(script, keys, args) {
      const tail = [keys.length, ...keys, ...args];
      try {
        return await send('call', 'EVALSHA', [script.digest, ...tail]);
      } catch (fault) {
        if (!(fault instanceof GibbonError && messageOf(fault.cause).startsWith('NOSCRIPT'))) throw fault;
        return await send('call', 'EVAL', [script.source, ...tail]);
      }
    },
    close() {
      if (state === 'closed') return;
      state = 'closed';
      reason = 'the client was closed';
      decided();
      connection?.close();
    },
  };
}
