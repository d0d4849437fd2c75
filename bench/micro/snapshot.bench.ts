/**
 * How long a worker is held up by a change of one of 50,000 routes: its row is read from a message, as another thread sent
 * it, and taken into the snapshot. Figures are of single changes; nothing else runs meanwhile.
 */
import { deserialize, serialize } from 'node:v8';
import type { EntityChange } from '../../src/events/index.ts';
import { silentLogger } from '../../src/kernel/index.ts';
import { createRouter, createStreamFieldsRouter, type RouterFlavor } from '../../src/router/index.ts';
import { type CompiledRoute, createSnapshot } from '../../src/snapshot/index.ts';
import { otherRoute, type RouteSet } from '../load/routes.ts';

const total = 50_000;
const changes = 5000;

function changeOf(
  operation: EntityChange['operation'],
  number: number,
  id: string,
  kind: RouteSet['kind'],
): EntityChange {
  const row = { id, created_at: number, protocols: ['http', 'https'], service: null, ...otherRoute(number, kind) };
  return { entity: 'routes', operation, row };
}

function measure(flavor: RouterFlavor, kind: RouteSet['kind']): void {
  const snapshot = createSnapshot({
    router: createRouter<CompiledRoute>({ flavor }),
    streamRouter: createStreamFieldsRouter('traditional_compatible'),
    allowsPathHandlingV1: false,
    plugins: new Map(),
    keepers: {},
    logger: silentLogger,
  });
  for (let number = 0; number < total; number++) {
    snapshot.apply([changeOf('create', number, `route-${number}`, kind)]);
  }
  const times: number[] = [];
  for (let i = 0; i < changes; i++) {
    const operation = (['create', 'update', 'delete'] as const)[i % 3]!;
    const number = total + i - (operation === 'delete' ? 1 : 0);
    const message = serialize([changeOf(operation, number, `new-${Math.floor(i / 3)}`, kind)]);
    const start = process.hrtime.bigint();
    snapshot.apply(deserialize(message) as EntityChange[]);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): string => times[Math.floor((times.length - 1) * part)]!.toFixed(1).padStart(12);
  process.stdout.write(`${`${flavor}, ${kind}`.padEnd(40)}${[0.5, 0.99, 1].map(at).join('')}\n`);
}

process.stdout.write(`${'us'.padEnd(40)}${['median', 'p99', 'longest'].map((text) => text.padStart(12)).join('')}\n`);
measure('traditional_compatible', 'fields');
measure('expressions', 'fields');
measure('expressions', 'expressions');
