import { randomUUID } from 'node:crypto';
import type { Kong, PluginHost } from '../../pdk/index.ts';

/** Makes an id for a request. */
export type Generator = (kong: Kong) => string;

/**
 * The generators of one worker: `uuid` makes a random UUID each time; `uuid#counter` joins one UUID of the worker with
 * the number of the id; `tracker` tells address and port of the listener, process, connection, request on it, and time.
 */
export function createGenerators(
  host: Pick<PluginHost, 'clock' | 'node'>,
): Readonly<Record<'uuid' | 'uuid#counter' | 'tracker', Generator>> {
  const worker = `${randomUUID()}#`;
  let count = 0;
  return {
    uuid: () => randomUUID(),
    'uuid#counter': () => worker + ++count,
    tracker: (kong) => {
      const { connection } = kong;
      const seconds = (host.clock.now() / 1000).toFixed(3);
      return (
        `${connection.getServerAddress()}-${kong.request.getPort()}-${host.node.pid}-` +
        `${connection.getSerial()}-${connection.getRequestCount()}-${seconds}`
      );
    },
  };
}
