import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTurns } from './turns.ts';

/** Timers that fire when they are told to. */
function createTimers() {
  const pending = new Set<() => void>();
  return {
    after: (_ms: number, work: () => void) => {
      pending.add(work);
      return () => void pending.delete(work);
    },
    fire() {
      for (const work of pending) work();
      pending.clear();
    },
    get count() {
      return pending.size;
    },
  };
}

describe('turns', () => {
  it('are taken one after the other, and handed on when work fails too', async () => {
    const timers = createTimers();
    const inTurn = createTurns({ limit: 1, timeoutMs: 1000, after: timers.after });
    const order: string[] = [];
    const first = inTurn(async () => {
      order.push('first');
      throw new Error('no');
    });
    const second = inTurn(async () => void order.push('second'));
    await assert.rejects(first, /no/);
    await second;
    assert.deepEqual(order, ['first', 'second']);
    assert.equal(timers.count, 0);
    assert.equal(await inTurn(async () => 'third'), 'third');
  });

  it('do not come to work that has waited too long, or finds too many waiting', async () => {
    const timers = createTimers();
    const inTurn = createTurns({ limit: 1, timeoutMs: 1000, backlog: 1, after: timers.after });
    let finish = (): void => {};
    const long = inTurn(
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const waiting = inTurn(async () => assert.fail('its turn should not come'));
    await assert.rejects(
      inTurn(async () => {}),
      { code: 'ERR_STORE_BUSY', message: 'Cannot query the store: 1 queries wait already' },
    );
    timers.fire();
    await assert.rejects(waiting, { code: 'ERR_STORE_BUSY', message: /within 1000 ms$/ });
    finish();
    await long;
    assert.equal(await inTurn(async () => 'next'), 'next');
  });

  it('are there for everybody when there is no limit', async () => {
    const inTurn = createTurns({ limit: 0, timeoutMs: 1, after: () => assert.fail('nobody waits') });
    assert.deepEqual(await Promise.all([1, 2, 3].map((at) => inTurn(async () => at))), [1, 2, 3]);
  });
});
