import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HealthLimits, HealthSign } from './policy.ts';
import { HealthRecord, type HealthState, type SignSource } from './record.ts';

const limits: HealthLimits = { success: 2, http_failure: 3, tcp_failure: 2, timeout: 1 };
const none: HealthLimits = { success: 0, http_failure: 0, tcp_failure: 0, timeout: 0 };

/** S, H, T and O are success, HTTP failure, TCP failure and time-out in the traffic; in lower case, in active checks. */
const signs: { readonly [letter: string]: HealthSign } = {
  s: 'success',
  h: 'http_failure',
  t: 'tcp_failure',
  o: 'timeout',
};

function statesAfter(sequence: string, given: HealthLimits, start?: 'unhealthy'): HealthState[] {
  const record = new HealthRecord();
  if (start !== undefined) record.force(start);
  return sequence.split('').map((letter) => {
    const source: SignSource = letter === letter.toUpperCase() ? 'passive' : 'active';
    record.note(signs[letter.toLowerCase()]!, source, given);
    return record.state;
  });
}

const short: { readonly [State in HealthState]: string } = {
  healthy: 'H',
  mostly_healthy: 'h',
  mostly_unhealthy: 'u',
  unhealthy: 'U',
};
const shown = (states: readonly HealthState[]): string => states.map((state) => short[state]).join('');

describe('health of an address', () => {
  for (const [fact, sequence, states, given, start] of [
    ['stays while all is well', 'SSsS', 'HHHH', limits],
    ['falls with as many failures as the limit says', 'HHH', 'hhU', limits],
    ['falls with the first time-out where that is the limit', 'O', 'U', limits],
    ['counts each kind of failure by itself', 'HTHT', 'hhhU', limits],
    ['counts passive and active failures together', 'HhH', 'hhU', limits],
    ['forgets failures with a success', 'HHSHHSHHH', 'hhhhhhhhU', limits],
    ['is healthy again after as many successes as the limit says', 'HSS', 'hhH', limits],
    ['rises with as many successes as the limit says', 'SS', 'uH', limits, 'unhealthy'],
    ['forgets successes with a failure', 'SHSHSS', 'uuuuuH', limits, 'unhealthy'],
    ['falls back from half way up', 'SHHH', 'uuuU', limits, 'unhealthy'],
    ['does not count failures once it is down', 'HTOSS', 'UUUuH', limits, 'unhealthy'],
    ['never changes where all limits are 0', 'HHHTTTOOOhtos', 'HHHHHHHHHHHHH', none],
    ['never rises where successes are not counted', 'SSSSsss', 'UUUUUUU', { ...limits, success: 0 }, 'unhealthy'],
    ['forgets failures all the same where successes are not counted', 'HHSHHH', 'hhHhhU', { ...limits, success: 0 }],
    ['lets well-answered traffic not hide active failures', 'hShSh', 'hhhhU', { ...limits, success: 0 }],
    ['lets active successes not hide failing traffic', 'HsHsH', 'hhhhU', { ...limits, success: 0 }],
    ['forgets both kinds where successes are counted', 'hShhh', 'hhhhU', limits],
    ['ignores kinds of failure that have no limit', 'HHHHT', 'HHHHh', { ...limits, http_failure: 0 }],
  ] as [string, string, string, HealthLimits, 'unhealthy'?][]) {
    it(fact, () => assert.equal(shown(statesAfter(sequence, given, start)), states));
  }

  it('takes several signs at once', () => {
    const record = new HealthRecord();
    record.note('http_failure', 'passive', limits, 2);
    assert.equal(record.state, 'mostly_healthy');
    record.note('http_failure', 'passive', limits, 5);
    assert.equal(record.state, 'unhealthy');
    record.note('success', 'passive', limits, 7);
    assert.equal(record.state, 'healthy');
  });

  it('starts counting anew when it is set', () => {
    const record = new HealthRecord();
    record.note('http_failure', 'passive', limits, 2);
    record.force('healthy');
    record.note('http_failure', 'passive', limits, 2);
    assert.equal(record.state, 'mostly_healthy');
    record.force('unhealthy');
    record.note('success', 'passive', limits);
    assert.equal(record.state, 'mostly_unhealthy');
  });

  it('heeds successes in the traffic only where they change something', () => {
    const uncounted = { ...limits, success: 0 };
    const record = new HealthRecord();
    assert.equal(record.heedsSuccess(limits), false);
    record.note('http_failure', 'active', limits);
    assert.equal(record.heedsSuccess(limits), true);
    assert.equal(record.heedsSuccess(uncounted), false);
    record.note('http_failure', 'passive', limits);
    assert.equal(record.heedsSuccess(uncounted), true);
    record.force('unhealthy');
    assert.equal(record.heedsSuccess(limits), true);
    assert.equal(record.heedsSuccess(uncounted), false);
  });
});
