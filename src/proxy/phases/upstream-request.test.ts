import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from '../exchange/exchange.ts';
import { hostName, wantsUpgrade } from './upstream-request.ts';

describe('hostName', () => {
  it('leaves the port out', () => {
    const cases = { a: 'a', 'a:80': 'a', '[::1]': '[::1]', '[::1]:80': '[::1]', '': '', ':80': '' };
    for (const [host, name] of Object.entries(cases)) assert.equal(hostName(host), name);
  });
});

describe('wantsUpgrade', () => {
  it('is for WebSocket over HTTP/1.1 that Connection nominates', () => {
    const ask = (upgrade: string | undefined, connectionUpgrade = true, minor = 1): boolean =>
      wantsUpgrade({ head: { upgrade, connectionUpgrade, minor } } as Exchange);
    assert.ok(ask('websocket'));
    assert.ok(ask('WebSocket'));
    assert.ok(!ask(undefined));
    assert.ok(!ask('h2c'));
    assert.ok(!ask('websocket, h2c'));
    assert.ok(!ask('websocket', false));
    assert.ok(!ask('websocket', true, 0));
  });
});
