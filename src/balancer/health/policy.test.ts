import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type HealthcheckFields, healthPolicy } from './policy.ts';

describe('health policy', () => {
  it('has the defaults of Kong where nothing is said', () => {
    for (const fields of [undefined, null, {}, { active: null, passive: { healthy: null, unhealthy: {} } }]) {
      const { isOn, threshold, passive, active } = healthPolicy(fields);
      const { signs, ...rest } = active;
      assert.deepEqual(
        { isOn, threshold, passive: passive.limits, active: rest },
        {
          isOn: false,
          threshold: 0,
          passive: { success: 0, http_failure: 0, tcp_failure: 0, timeout: 0 },
          active: {
            type: 'http',
            timeout: 1000,
            concurrency: 10,
            path: '/',
            sni: undefined,
            verify: true,
            headers: [],
            upInterval: 0,
            downInterval: 0,
            limits: { success: 0, http_failure: 0, tcp_failure: 0, timeout: 0 },
          },
        },
      );
      assert.deepEqual([200, 302, 204, 404, 429, 505, 418].map(signs.of), [
        'success',
        'success',
        undefined,
        'http_failure',
        'http_failure',
        'http_failure',
        undefined,
      ]);
      assert.deepEqual([200, 308, 404, 429, 500, 502, 503].map(passive.signs.of), [
        'success',
        'success',
        undefined,
        'http_failure',
        'http_failure',
        undefined,
        'http_failure',
      ]);
    }
  });

  it('takes a status on both lists for a healthy one, and bears any status', () => {
    const { signs } = healthPolicy({
      passive: { healthy: { http_statuses: [200, 500] }, unhealthy: { http_statuses: [500, 999] } },
    }).passive;
    assert.deepEqual([500, 999, 0, 1000, -1].map(signs.of), [
      'success',
      'http_failure',
      undefined,
      undefined,
      undefined,
    ]);
  });

  for (const [isOn, fields] of [
    [true, { active: { healthy: { interval: 0.1 } } }],
    [true, { active: { unhealthy: { interval: 5 } } }],
    [true, { passive: { unhealthy: { tcp_failures: 1 } } }],
    [true, { passive: { unhealthy: { timeouts: 1 } } }],
    [true, { passive: { unhealthy: { http_failures: 1 } } }],
    [false, { passive: { healthy: { successes: 5 } } }],
    [false, { active: { healthy: { successes: 5 }, unhealthy: { http_failures: 5 } } }],
  ] as [boolean, HealthcheckFields][]) {
    it(`is ${isOn ? 'on' : 'off'} with ${JSON.stringify(fields)}`, () => assert.equal(healthPolicy(fields).isOn, isOn));
  }
});
