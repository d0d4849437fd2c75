import { randomUUID } from 'node:crypto';
import type { NodeView, StatusReport } from '../../src/admin/index.ts';
import { type Clock, randomString } from '../../src/kernel/index.ts';
import type { SchemaEnvironment, Subschema } from '../../src/schema/index.ts';

/** An environment whose subschemas are the given plugins. */
export function createTestEnvironment(clock: Clock, plugins: readonly Subschema[] = []): SchemaEnvironment {
  return {
    now: () => clock.now(),
    uuid: () => randomUUID(),
    randomString: () => randomString(),
    subschema: (entity, key) => (entity === 'plugins' ? plugins.find(({ name }) => name === key) : undefined),
  };
}

/** A node that answers the same on every run. */
export const testNode: NodeView = {
  id: 'a3f1c3a4-0c39-4d1b-8c83-6a7a6f0f2f11',
  hostname: 'gateway-1',
  version: '3.9.3',
  gibbonVersion: '0.1.0',
  serverHeader: 'kong/3.9.3',
  luaVersion: 'LuaJIT 2.1.0',
  pids: () => ({ master: 100, workers: [101, 102] }),
  timers: () => ({ running: 1, pending: 2 }),
};

/** A status report with round figures. */
export function emptyStatus(): StatusReport {
  return {
    memory: {
      workers: [{ pid: 101, heapBytes: 3 * 2 ** 20 }],
      shared: [{ name: 'kong', usedBytes: 2 ** 18, capacityBytes: 5 * 2 ** 20 }],
    },
    server: {
      connections_active: 1,
      connections_reading: 0,
      connections_writing: 1,
      connections_waiting: 0,
      connections_accepted: 2,
      connections_handled: 2,
      total_requests: 3,
    },
  };
}
