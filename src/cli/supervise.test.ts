import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { describe, it } from 'node:test';
import type { RunningGateway } from '../gateway/index.ts';
import { superviseGateway } from './supervise.ts';

interface Scene {
  readonly send: (signal: string) => void;
  readonly advance: (ms: number) => void;
  /** Lets the stop under way come to its end. */
  readonly finish: () => void;
  readonly calls: readonly string[];
  readonly done: Promise<void>;
  readonly listeners: () => number;
}

function play(options: { lostTerminal?: boolean } = {}): Scene {
  const signals = new EventEmitter();
  const calls: string[] = [];
  const stopped = Promise.withResolvers<void>();
  let time = 1000;
  const gateway: RunningGateway = {
    addresses: { proxy: [], stream: [], admin: [], status: [] },
    reload: () => Promise.resolve(),
    stop: ({ graceful, timeoutMs }) => {
      calls.push(`stop ${graceful ? 'gracefully' : 'at once'} ${timeoutMs}`);
      return stopped.promise;
    },
  };
  const done = superviseGateway({
    gateway,
    onSignal: (signal, handler) => {
      signals.on(signal, handler);
      return () => signals.off(signal, handler);
    },
    now: () => time,
    reload: () => {
      calls.push('reload');
      return Promise.resolve();
    },
    lostTerminal: () => options.lostTerminal ?? false,
    say: () => {},
  });
  return {
    send: (signal) => signals.emit(signal),
    advance: (ms) => {
      time += ms;
    },
    finish: stopped.resolve,
    calls,
    done,
    listeners: () => signals.eventNames().length,
  };
}

describe('superviseGateway', () => {
  it('stops at once on SIGTERM and then listens no more', async () => {
    const scene = play();
    scene.send('SIGTERM');
    scene.finish();
    await scene.done;
    assert.deepEqual(scene.calls, ['stop at once 0']);
    assert.equal(scene.listeners(), 0);
  });

  it('finishes requests on SIGQUIT, until SIGTERM', async () => {
    const scene = play();
    scene.send('SIGQUIT');
    scene.send('SIGQUIT');
    scene.send('SIGTERM');
    scene.finish();
    await scene.done;
    assert.deepEqual(scene.calls, ['stop gracefully 2147483647', 'stop at once 0']);
  });

  it('finishes requests on Ctrl-C, and stops at once on a second one', async () => {
    const scene = play();
    scene.send('SIGINT');
    scene.advance(1);
    scene.send('SIGINT');
    assert.deepEqual(scene.calls, ['stop gracefully 10000']);
    scene.advance(500);
    scene.send('SIGINT');
    scene.finish();
    await scene.done;
    assert.deepEqual(scene.calls, ['stop gracefully 10000', 'stop at once 0']);
  });

  it('reloads on SIGHUP, and stops when the terminal is gone', async () => {
    const scene = play();
    scene.send('SIGHUP');
    await Promise.resolve();
    assert.deepEqual(scene.calls, ['reload']);
    scene.send('SIGTERM');
    scene.send('SIGHUP');
    scene.finish();
    await scene.done;
    assert.deepEqual(scene.calls, ['reload', 'stop at once 0']);

    const lost = play({ lostTerminal: true });
    lost.send('SIGHUP');
    lost.finish();
    await lost.done;
    assert.deepEqual(lost.calls, ['stop gracefully 10000']);
  });
});
