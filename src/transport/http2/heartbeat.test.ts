import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock, createTimerWheel } from '../../kernel/index.ts';
import { Heartbeat } from './heartbeat.ts';

function open(): { readonly heartbeat: Heartbeat; readonly pass: (ms: number) => void } {
  const clock = createManualClock();
  const wheel = createTimerWheel({ clock });
  const heartbeat = new Heartbeat(wheel);
  return {
    heartbeat,
    pass(ms) {
      clock.advance(ms);
      wheel.tick();
    },
  };
}

describe('Heartbeat', () => {
  it('asks with a request after ten seconds of silence, once', () => {
    const { heartbeat, pass } = open();
    assert.equal(heartbeat.beforeRequest(), false);
    pass(10_100);
    assert.deepEqual([heartbeat.beforeRequest(), heartbeat.beforeRequest()], [true, false]);
    assert.ok(heartbeat.deadline < Number.POSITIVE_INFINITY);
    assert.equal(heartbeat.isSuspect, false);
    heartbeat.heard();
    assert.equal(heartbeat.deadline, Number.POSITIVE_INFINITY);
    assert.equal(heartbeat.beforeRequest(), false);
  });

  it('does not rely on a peer that lets a request time out, until it is heard', () => {
    const { heartbeat, pass } = open();
    pass(60_000);
    assert.equal(heartbeat.afterTimeout(), true);
    assert.equal(heartbeat.isSuspect, true);
    heartbeat.heard();
    assert.equal(heartbeat.isSuspect, false);
    // Another request got something a moment ago.
    pass(1000);
    assert.deepEqual([heartbeat.afterTimeout(), heartbeat.isSuspect], [false, false]);
  });
});
