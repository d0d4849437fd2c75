/**
 * What a million credentials of key-auth cost that nobody uses, and what those cost that are in use: memory of the gateway
 * and rows that it asks its store for. SQLite, one worker. Run: `node bench/load/credentials.ts [credentials] [in use]`.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CompleteRow, createDatabase, createSqliteStrategy } from '../../src/db/index.ts';
import { coreEntities } from '../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../src/kernel/index.ts';
import { keyauthCredentials } from '../../src/plugins/key-auth/entities.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { cpuMicros, freePorts, residentBytes } from './process.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const inUse = Math.min(total, Number(process.argv[3] ?? 10_000));
const consumers = Math.max(1, Math.floor(total / 100));
const connections = 16;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
try {
  for (const credentials of [0, total]) await measure(credentials);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(credentials: number): Promise<void> {
  const name = `credentials-${credentials}`;
  await fill(join(folder, `gibbon-${name}`), credentials);
  const [nobody = 0] = await freePorts(1);
  const gateway = await startGateway(
    {
      name,
      async configure(create, upstream) {
        await create('/services', { name: 'bench', url: upstream, retries: 0 });
        await create('/services/bench/routes', { paths: ['/'] });
        await create('/services/bench/plugins', { name: 'request-termination', config: { status_code: 204 } });
        await create('/services/bench/plugins', { name: 'key-auth' });
      },
    },
    folder,
    [nobody],
  );
  try {
    // The first requests compile what they run through.
    for (let warm = 0; warm < 20_000; warm++) await each([`nobody-${warm % 16}`], 401, gateway);
    const idle = await lookUps(gateway);
    console.log(
      `${credentials} credentials stored: ${megabytes(gateway)} MB resident, ${idle} look-ups for 16 unknown keys`,
    );
    if (credentials === 0) return;
    const keys = Array.from({ length: inUse }, (_, at) => keyOf(Math.floor((at * total) / inUse)));
    await report('each of the keys in use for the first time', keys, 204, gateway);
    await report('each of them again', keys, 204, gateway);
    const guesses = keys.map((key) => `not-${key}`);
    await report('as many keys that nobody has', guesses, 401, gateway);
    await report('each of them again', guesses, 401, gateway);
  } finally {
    await gateway.stop();
  }
}

async function report(what: string, keys: readonly string[], status: number, gateway: Gateway): Promise<void> {
  const before = await lookUps(gateway);
  const cpu = cpuMicros(gateway.pid);
  await each(keys, status, gateway);
  const micros = (cpuMicros(gateway.pid) - cpu) / keys.length;
  const asked = (await lookUps(gateway)) - before;
  console.log(
    `${what}: ${keys.length} requests, ${asked} look-ups, ${micros.toFixed(0)} us CPU each, ${megabytes(gateway)} MB resident`,
  );
}

async function each(keys: readonly string[], status: number, gateway: Gateway): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < keys.length) {
      const got = await ask(gateway.port, keys[next++]!);
      if (got !== status) throw new Error(`a key is answered with ${got} in place of ${status}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(connections, keys.length) }, work));
}

function ask(port: number, apikey: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/', headers: { apikey }, agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}

async function lookUps({ adminPort }: Gateway): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/debug/cache`);
  return ((await answer.json()) as { readonly look_ups: number }).look_ups;
}

function megabytes({ pid }: Gateway): string {
  return (residentBytes(pid) / 1024 ** 2).toFixed(0);
}

function keyOf(number: number): string {
  return `key-${number}`;
}

/** Writes credentials into a store that no gateway has open. */
async function fill(prefix: string, credentials: number): Promise<void> {
  mkdirSync(prefix, { recursive: true });
  const database = await createDatabase({
    strategy: createSqliteStrategy({ path: join(prefix, 'gibbon.db'), clock: systemClock }),
    entities: [...coreEntities, keyauthCredentials],
    environment: {
      now: () => systemClock.now(),
      uuid: () => randomUUID(),
      randomString: () => randomUUID(),
      subschema: () => undefined,
    },
    onEvent: () => {},
    clock: systemClock,
    logger: silentLogger,
  });
  const written = await database.writeAll(rows(credentials));
  await database.close();
  if (!written.ok) throw new Error(written.error.message);
}

function* rows(credentials: number): Iterable<CompleteRow> {
  const created_at = Math.floor(Date.now() / 1000);
  const ids = Array.from({ length: credentials === 0 ? 0 : consumers }, () => randomUUID());
  for (const [at, id] of ids.entries()) {
    const row = { id, created_at, updated_at: created_at, username: `consumer-${at}`, custom_id: null, tags: null };
    yield { entity: 'consumers', row, expiresAt: null };
  }
  for (let at = 0; at < credentials; at++) {
    const consumer = { id: ids[at % consumers]! };
    const row = { id: randomUUID(), created_at, consumer, key: keyOf(at), tags: null };
    yield { entity: 'keyauth_credentials', row, expiresAt: null };
  }
}
