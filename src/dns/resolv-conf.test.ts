import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseNameServer, parseResolvConf } from './resolv-conf.ts';

describe('resolv.conf', () => {
  it('names servers, search domains and options', () => {
    const text = `
# made by hand
nameserver 10.0.0.1
nameserver [fd00::1]:5353   ; with a port
nameserver nonsense
nameserver fe80::1%eth0
nameserver 10.0.0.4
search One.Test. two.test . # the root adds nothing
options ndots:5 timeout:3 attempts:4 rotate
options edns0 use-vc
`;
    assert.deepEqual(parseResolvConf(text), {
      servers: [
        { host: '10.0.0.1', port: 53 },
        { host: 'fd00::1', port: 5353 },
        { host: 'fe80::1%eth0', port: 53 },
      ],
      search: ['one.test', 'two.test'],
      ndots: 5,
      timeout: 3000,
      attempts: 4,
      rotate: true,
      useTcp: true,
    });
  });

  it('has defaults, and the server of this machine', () => {
    assert.deepEqual(parseResolvConf(''), {
      servers: [{ host: '127.0.0.1', port: 53 }],
      search: [],
      ndots: 1,
      timeout: 2000,
      attempts: 5,
      rotate: false,
      useTcp: false,
    });
  });

  it('knows a domain or search domains, whichever comes last', () => {
    assert.deepEqual(parseResolvConf('search a.test b.test\ndomain c.test d.test').search, ['c.test']);
    assert.deepEqual(parseResolvConf('domain c.test\nsearch a.test b.test').search, ['a.test', 'b.test']);
    assert.equal(parseResolvConf('search a b c d e f g h').search.length, 6);
  });

  it('has its numbers kept within bounds', () => {
    const { ndots, timeout, attempts } = parseResolvConf('options ndots:99 timeout:99 attempts:99');
    assert.deepEqual([ndots, timeout, attempts], [15, 30_000, 10]);
    const least = parseResolvConf('options ndots:0 timeout:0 attempts:0 ndots:x');
    assert.deepEqual([least.ndots, least.timeout, least.attempts], [0, 2000, 1]);
  });

  it('is overruled by the environment', () => {
    const conf = parseResolvConf('search a.test\noptions ndots:2 timeout:5', {
      LOCALDOMAIN: 'b.test c.test',
      RES_OPTIONS: 'ndots:3 attempts:1',
    });
    assert.deepEqual([conf.search, conf.ndots, conf.timeout, conf.attempts], [['b.test', 'c.test'], 3, 5000, 1]);
    assert.deepEqual(parseResolvConf('search a.test', { LOCALDOMAIN: '' }).search, ['a.test']);
  });
});

describe('name servers in settings', () => {
  const cases: readonly [string, ReturnType<typeof parseNameServer>][] = [
    ['1.1.1.1', { host: '1.1.1.1', port: 53 }],
    ['8.8.8.8:5353', { host: '8.8.8.8', port: 5353 }],
    ['2001:db8::1', { host: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]', { host: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]:54', { host: '2001:db8::1', port: 54 }],
    ['1.1.1.1:0', undefined],
    ['1.1.1.1:70000', undefined],
    ['dns.example', undefined],
    ['', undefined],
  ];
  for (const [text, server] of cases) {
    it(`reads "${text}"`, () => assert.deepEqual(parseNameServer(text), server));
  }
});
