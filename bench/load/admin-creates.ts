/**
 * How many services a second can be created through the Admin API on SQLite.
 *
 * The server runs in a process of its own; this one keeps `connections` requests under way over kept-alive connections
 * and raw sockets, so that the client costs little. Run: `node bench/load/admin-creates.ts [requests] [connections]`.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdminServer } from '../../src/admin/index.ts';
import { createDatabase, createSqliteStrategy } from '../../src/db/index.ts';
import { coreEntities } from '../../src/entities/index.ts';
import { silentLogger, systemClock } from '../../src/kernel/index.ts';
import { createTestEnvironment, emptyStatus, testNode } from '../../test/support/admin.ts';

if (process.send === undefined) await drive(Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 16));
else await serve();

async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-bench-'));
  let events = 0;
  const database = await createDatabase({
    strategy: createSqliteStrategy({ path: join(folder, 'store.db'), clock: systemClock }),
    entities: coreEntities,
    environment: createTestEnvironment(systemClock),
    onEvent: () => {
      events += 1;
    },
    clock: systemClock,
    logger: silentLogger,
  });
  const server = createAdminServer({
    database,
    settings: { values: () => ({}), secrets: new Set() },
    node: testNode,
    plugins: [],
    status: emptyStatus,
    logger: silentLogger,
    clock: systemClock,
  });
  const [address] = await server.listen([{ host: '127.0.0.1', port: 0 }]);
  let before = process.cpuUsage();
  process.on('message', (message) => {
    const reply = (data: object): void => void process.send?.(data);
    if (message === 'start') {
      before = process.cpuUsage();
      reply({ started: true });
      return;
    }
    const { user, system } = process.cpuUsage(before);
    reply({ cpu: user + system, events });
    void server.close().then(async () => {
      await database.close();
      rmSync(folder, { recursive: true });
      process.disconnect?.();
    });
  });
  process.send?.({ port: address!.port });
}

async function drive(requests: number, connections: number): Promise<void> {
  const child = fork(import.meta.filename);
  const reply = <T>(): Promise<T> =>
    new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
  const { port } = await reply<{ port: number }>();

  const warmUp = 2_000;
  await create(port, warmUp, connections, 0);
  child.send('start');
  await reply();
  const started = performance.now();
  await create(port, requests, connections, warmUp);
  const seconds = (performance.now() - started) / 1000;
  child.send('stop');
  const { cpu, events } = await reply<{ cpu: number; events: number }>();
  console.log(
    `${Math.round(requests / seconds)} creates/s over ${connections} connections, ` +
      `${(cpu / requests).toFixed(0)} us CPU each, ${events} events`,
  );
}

/** Sends `count` creations, one at a time on each connection. */
async function create(port: number, count: number, connections: number, offset: number): Promise<void> {
  let next = 0;
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const send = (): void => {
        if (next === count) {
          socket.end();
          resolve();
          return;
        }
        const name = `service-${offset + next++}`;
        const body = JSON.stringify({ name, url: `http://${name}.internal:8080/api`, tags: ['bench'] });
        socket.write(
          `POST /services HTTP/1.1\r\nHost: admin\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      };
      socket.setNoDelay(true);
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (data) => {
        const answer = data.toString('latin1');
        if (!answer.startsWith('HTTP/1.1 201')) reject(new Error(answer));
        else send();
      });
    });
  await Promise.all(Array.from({ length: connections }, run));
}
