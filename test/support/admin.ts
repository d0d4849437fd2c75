import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AdminOptions,
  type BoundAddress,
  createAdminServer,
  type NodeView,
  type PluginView,
  type StatusReport,
} from '../../src/admin/index.ts';
import { createDatabase, createSqliteStrategy, type Database, type Strategy } from '../../src/db/index.ts';
import { coreEntities } from '../../src/entities/index.ts';
import type { EntityEvent } from '../../src/events/index.ts';
import { type Clock, createLogger, randomString, systemClock } from '../../src/kernel/index.ts';
import { keyauthCredentials } from '../../src/plugins/key-auth/entities.ts';
import { type EntityDefinition, f, type SchemaEnvironment, type Subschema, typedefs } from '../../src/schema/index.ts';
import { bundledVaults, vaultSubschema } from '../../src/vaults/index.ts';

/** An environment whose subschemas are the given plugins. */
export function createTestEnvironment(clock: Clock, plugins: readonly Subschema[] = []): SchemaEnvironment {
  return {
    now: () => clock.now(),
    uuid: () => randomUUID(),
    randomString: () => randomString(),
    subschema: (entity, key) =>
      entity === 'vaults' ? vaultSubschema(key) : plugins.find(({ name }) => entity === 'plugins' && name === key),
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

/** A plugin with every kind of configuration field that the Admin API treats in its own way. */
export const stampPlugin: PluginView = {
  name: 'stamp',
  version: '1.2.3',
  priority: 801,
  schema: {
    name: 'stamp',
    fields: {
      protocols: typedefs.protocolsHttp(),
      config: f.record(
        {
          header: f.string({ required: true, default: 'x-stamp' }),
          minute: f.integer({ between: [1, 100] }),
          ratio: f.number(),
          enabled: f.boolean({ required: true, default: true }),
          methods: f.set(f.string({ one_of: ['GET', 'POST'] })),
          codes: f.array(f.integer()),
          labels: f.map(f.string(), f.string()),
          redis: f.record({ host: f.string(), port: f.integer({ default: 6379, between: [0, 65535] }) }),
          ca_certificates: f.array(f.string({ uuid: true })),
        },
        {
          required: true,
          shorthand_fields: {
            redis_host: {
              field: f.string(),
              expand: (host: string) => ({ redis: { host } }),
              deprecation: { replaced_with: [{ path: ['redis', 'host'] }], removal_in_version: '4.0' },
            },
          },
        },
      ),
    },
  },
};

/** A plugin that may not be attached to a consumer. */
export const gatePlugin: PluginView = {
  name: 'gate',
  version: '0.1.0',
  priority: 10,
  schema: {
    name: 'gate',
    fields: { consumer: typedefs.noConsumer(), config: f.record({ open: f.boolean() }, { required: true }) },
  },
};

/** An Admin API on a store of its own, with what it did. */
export interface TestAdmin {
  readonly address: BoundAddress;
  readonly database: Database;
  readonly events: EntityEvent[];
  readonly log: () => string;
  send(request: TestRequest): Promise<TestResponse>;
  /** All rows of all entities, to tell whether anything changed. */
  dump(): Promise<unknown>;
  /** Deletes all rows and forgets what happened. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A request with its body as bytes. */
export interface TestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** An answer with its body as text. */
export interface TestResponse {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly body: string;
}

/** An empty store, not opened yet. */
export interface StoreForTests {
  readonly strategy: Strategy;
  /** Removes what is left of it once it is closed. */
  readonly dispose: () => Promise<void>;
}

async function createSqliteStore(): Promise<StoreForTests> {
  const folder = await mkdtemp(join(tmpdir(), 'gibbon-admin-'));
  return {
    strategy: createSqliteStrategy({ path: join(folder, 'store.db'), clock: systemClock }),
    dispose: () => rm(folder, { recursive: true }),
  };
}

/**
 * Starts an Admin API with the core entities, those of plugins (key-auth's credentials unless told), and two plugins, on a
 * port of its own.
 */
export async function startAdmin(
  overrides: Partial<AdminOptions> = {},
  pluginEntities: readonly EntityDefinition[] = [keyauthCredentials],
  createStore: () => Promise<StoreForTests> = createSqliteStore,
): Promise<TestAdmin> {
  const store = await createStore();
  const plugins = [stampPlugin, gatePlugin];
  const events: EntityEvent[] = [];
  let log = '';
  const clock = systemClock;
  const logger = createLogger({
    level: 'debug',
    sink: (lines) => {
      log += lines;
    },
  });
  const database = await createDatabase({
    strategy: store.strategy,
    entities: [...coreEntities, ...pluginEntities],
    environment: createTestEnvironment(
      clock,
      plugins.map(({ schema }) => schema),
    ),
    onEvent: (event) => events.push(event),
    clock,
    logger,
  });
  const server = createAdminServer({
    database,
    settings: {
      values: () => ({ database: 'postgres', pg_password: 'secret', router_flavor: 'traditional_compatible' }),
      secrets: new Set(['pg_password']),
    },
    node: testNode,
    plugins,
    vaults: bundledVaults,
    status: emptyStatus,
    logger,
    clock,
    ...overrides,
  });
  const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
  return {
    address: address!,
    database,
    events,
    log: () => log,
    send: (request) => send(address!, request),
    async dump() {
      const rows: { [entity: string]: unknown } = {};
      for (const { name } of database.entities) rows[name] = await Array.fromAsync(database.dao(name).each());
      return rows;
    },
    async clear() {
      for (const name of childrenFirst) {
        for await (const row of database.dao(name).each()) {
          const gone = await database.dao(name).delete(String(row.id));
          if (!gone.ok) throw new Error(gone.error.message);
        }
      }
      events.length = 0;
    },
    async close() {
      await server.close();
      await database.close();
      await store.dispose();
    },
  };
}

const childrenFirst = [
  'acme_storage',
  'plugins',
  'routes',
  'services',
  'upstreams',
  'consumers',
  'certificates',
  'ca_certificates',
  'vaults',
  'keys',
  'key_sets',
] as const;

function send({ host, port }: BoundAddress, { method, path, headers, body }: TestRequest): Promise<TestResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { host, port, method, path, headers: { ...length, ...headers }, agent: false };
    const sent = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
