import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from './exchange/exchange.ts';
import { createTrust, resolveClient } from './forwarded.ts';

describe('createTrust', () => {
  it('knows addresses and blocks of both families', () => {
    const isTrusted = createTrust(['10.0.0.1', '192.168.0.0/16', '::1', 'fd00::/8', 'unix:']);
    for (const address of ['10.0.0.1', '192.168.255.1', '::1', 'fd12::1']) assert.ok(isTrusted(address), address);
    for (const address of ['10.0.0.2', '192.169.0.1', '::2', 'fe80::1', '', 'a', '10.0.0']) {
      assert.ok(!isTrusted(address), address);
    }
  });

  it('trusts everybody when it is told to', () => {
    const isTrusted = createTrust(['0.0.0.0/0', '::/0']);
    assert.ok(isTrusted('8.8.8.8'));
    assert.ok(isTrusted('2001:db8::1'));
  });
});

describe('resolveClient', () => {
  const isTrusted = createTrust(['10.0.0.0/8']);

  function resolve(header: string, value: string | undefined, recursive = false): string {
    const x = {
      runtime: { settings: { realIpHeader: header, realIpRecursive: recursive, isTrusted } },
      head: { forwardedFor: value },
      firstHeader: () => value,
      clientIp: '10.0.0.1',
      clientPort: 1,
    };
    resolveClient(x as unknown as Exchange);
    return `${x.clientIp} ${x.clientPort}`;
  }

  const cases: readonly (readonly [header: string, value: string | undefined, recursive: boolean, found: string])[] = [
    ['x-real-ip', undefined, false, '10.0.0.1 1'],
    ['x-real-ip', '1.2.3.4', false, '1.2.3.4 1'],
    ['x-real-ip', '1.2.3.4:56', false, '1.2.3.4 56'],
    ['x-real-ip', '2001:db8::1', false, '2001:db8::1 1'],
    ['x-real-ip', '[2001:db8::1]:56', false, '2001:db8::1 56'],
    ['x-real-ip', 'nonsense', false, '10.0.0.1 1'],
    ['x-real-ip', '1.2.3.4, 5.6.7.8', false, '10.0.0.1 1'],
    ['x-forwarded-for', '1.2.3.4, 5.6.7.8', false, '5.6.7.8 1'],
    ['x-forwarded-for', '1.2.3.4, 10.1.1.1', false, '10.1.1.1 1'],
    ['x-forwarded-for', '1.2.3.4, 10.1.1.1', true, '1.2.3.4 1'],
    ['x-forwarded-for', '9.9.9.9, 1.2.3.4, 10.1.1.1, 10.2.2.2', true, '1.2.3.4 1'],
    ['x-forwarded-for', '10.3.3.3, 10.1.1.1', true, '10.3.3.3 1'],
    ['x-forwarded-for', 'nonsense, 10.1.1.1', true, '10.1.1.1 1'],
  ];
  for (const [header, value, recursive, found] of cases) {
    it(`finds ${found} in ${header}: ${value}${recursive ? ', recursively' : ''}`, () => {
      assert.equal(resolve(header, value, recursive), found);
    });
  }
});
