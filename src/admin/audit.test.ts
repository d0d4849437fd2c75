import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuditLog } from './audit.ts';

const entry = {
  at: 1,
  client_ip: '127.0.0.1',
  method: 'POST',
  path: '/services',
  status: 201,
  latency: 2,
  entity_id: null,
};

function serials(log: ReturnType<typeof createAuditLog>, size: number, before?: number): number[] {
  return log.page(size, before).map(({ serial }) => serial);
}

test('the newest entries come first, and pages go on from there', () => {
  const log = createAuditLog(10);
  for (let count = 0; count < 5; count++) log.add(entry);
  assert.deepEqual(serials(log, 3), [5, 4, 3]);
  assert.deepEqual(serials(log, 3, 3), [2, 1]);
  assert.deepEqual(serials(log, 3, 1), []);
});

test('the oldest entries make room', () => {
  const log = createAuditLog(3);
  for (let count = 0; count < 8; count++) log.add(entry);
  assert.deepEqual(serials(log, 10), [8, 7, 6]);
  assert.deepEqual(serials(log, 10, 100), [8, 7, 6]);
  assert.deepEqual(log.page(1, undefined), [{ serial: 8, ...entry }]);
});

test('a log without room keeps nothing', () => {
  const log = createAuditLog(0);
  log.add(entry);
  assert.deepEqual(serials(log, 10), []);
});
