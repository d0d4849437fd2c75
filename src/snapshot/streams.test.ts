import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLogger } from '../kernel/index.ts';
import { definePlugin } from '../pdk/index.ts';
import { createRouter, createStreamFieldsRouter } from '../router/index.ts';
import type { Row } from '../schema/index.ts';
import { type CompiledRoute, createSnapshot, type Snapshot } from './index.ts';

const plugin = definePlugin({ name: 'both', version: '1', priority: 1, config: {}, setup: () => () => ({}) });

function empty(): Snapshot {
  return createSnapshot({
    router: createRouter<CompiledRoute>(),
    streamRouter: createStreamFieldsRouter<CompiledRoute>('traditional'),
    allowsPathHandlingV1: false,
    plugins: new Map([['both', { definition: plugin, instantiate: () => ({ access() {}, preread() {}, log() {} }) }]]),
    keepers: {},
    logger: silentLogger,
  });
}

function put(snapshot: Snapshot, entity: string, row: Row): void {
  snapshot.apply([{ entity, operation: 'update', row }]);
}

const names = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);

describe('raw streams in a snapshot', () => {
  it('have routes of their own, which follow the protocols of a row', () => {
    const snapshot = empty();
    const sizes = (): number[] => [snapshot.router.size, snapshot.streamRouter.size];
    const row = { id: 'r', snis: ['a.test'], service: null };
    put(snapshot, 'routes', { ...row, protocols: ['tls'] });
    assert.deepEqual(sizes(), [0, 1]);
    put(snapshot, 'routes', { ...row, protocols: ['https'] });
    assert.deepEqual(sizes(), [1, 0]);
    put(snapshot, 'routes', { ...row, protocols: ['tls_passthrough'] });
    assert.deepEqual(sizes(), [0, 1]);
    snapshot.apply([{ entity: 'routes', operation: 'delete', row: { ...row, protocols: ['tls_passthrough'] } }]);
    assert.deepEqual(sizes(), [0, 0]);
  });

  it('take no routes of a service that is switched off', () => {
    const snapshot = empty();
    put(snapshot, 'services', { id: 's', protocol: 'tcp', host: 'a', port: 1, enabled: false });
    put(snapshot, 'routes', { id: 'r', protocols: ['tcp'], destinations: [{ port: 1 }], service: { id: 's' } });
    assert.equal(snapshot.streamRouter.size, 0);
    put(snapshot, 'services', { id: 's', protocol: 'tcp', host: 'a', port: 1, enabled: true });
    assert.equal(snapshot.streamRouter.size, 1);
  });

  it('have plans of their own, of configurations whose protocols are for them', () => {
    const snapshot = empty();
    const config = { name: 'both', config: {}, enabled: true, route: null, service: null, consumer: null };
    put(snapshot, 'plugins', { ...config, id: 'p', protocols: ['http', 'tcp'] });
    assert.deepEqual([names(snapshot.globalPlan.access), names(snapshot.globalStreamPlan.preread)], [['p'], ['p']]);
    put(snapshot, 'plugins', { ...config, id: 'p', protocols: ['udp'] });
    assert.deepEqual([names(snapshot.globalPlan.access), names(snapshot.globalStreamPlan.preread)], [[], ['p']]);
    put(snapshot, 'plugins', { ...config, id: 'p', protocols: ['http'] });
    assert.deepEqual([names(snapshot.globalPlan.log), names(snapshot.globalStreamPlan.log)], [['p'], []]);
  });
});
