import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FloodGuard } from './flood-guard.ts';

const limits = { idleFrames: 3, idleFramesPerSecond: 2, resets: 2, resetsPerSecond: 1 };

describe('FloodGuard', () => {
  it('allows as many idle frames at once as it is told', () => {
    const guard = new FloodGuard(0, limits);
    assert.deepEqual(
      [0, 0, 0, 0].map((now) => guard.allowFrame(now)),
      [true, true, true, false],
    );
  });

  it('forgives with time, but no more than the limit', () => {
    const guard = new FloodGuard(0, limits);
    for (let at = 0; at < 3; at += 1) guard.allowFrame(0);
    assert.deepEqual(
      [500, 1000].map((now) => guard.allowFrame(now)),
      [true, true],
    );
    assert.deepEqual(
      [90_000, 90_000, 90_000, 90_000].map((now) => guard.allowFrame(now)),
      [true, true, true, false],
    );
  });

  it('allows more to a client that gets somewhere', () => {
    const guard = new FloodGuard(0, limits);
    for (let at = 0; at < 100; at += 1) {
      guard.earn(1);
      assert.ok(guard.allowFrame(0));
    }
  });

  it('counts resets apart', () => {
    const guard = new FloodGuard(0, limits);
    for (let at = 0; at < 4; at += 1) guard.allowFrame(0);
    guard.earn(10);
    assert.deepEqual(
      [0, 0, 1000, 1000].map((now) => guard.allowReset(now)),
      [true, true, true, false],
    );
  });
});
