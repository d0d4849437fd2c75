import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock, type LogLevel, silentLogger } from '../kernel/index.ts';
import type { ResolvedAddress } from './entry.ts';
import { createFakeNameServers, recordOf } from './name-servers.fixtures.ts';
import { createResolver, type ResolverOptions } from './resolver.ts';

/** Asks for A, then AAAA, unless told. */
function setUp(options: Omit<ResolverOptions, 'servers'> = {}, ttl = 10) {
  const clock = createManualClock();
  const fake = createFakeNameServers(ttl);
  const resolver = createResolver({ servers: fake.servers, clock, order: ['A', 'AAAA'], ...options });
  return { clock, resolver, ...fake };
}

const ips = (addresses: readonly ResolvedAddress[]): string[] => addresses.map(({ ip, port }) => `${ip}:${port}`);
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('resolver', () => {
  it('answers IP literals at once, the same array each time', () => {
    const { resolver, asked } = setUp();
    const found = resolver.resolve('10.1.2.3', 8080);
    assert.deepEqual(found, [{ ip: '10.1.2.3', port: 8080, weight: undefined, srvName: undefined }]);
    assert.equal(resolver.resolve('10.1.2.3', 8080), found);
    assert.deepEqual(ips(resolver.resolve('[::1]', 1) as ResolvedAddress[]), ['::1:1']);
    assert.deepEqual(ips(resolver.resolve('fe80::1', 1) as ResolvedAddress[]), ['fe80::1:1']);
    assert.deepEqual(asked, []);
  });

  it('asks once, then answers at once until the time to live is over', async () => {
    const { clock, resolver, answers, asked } = setUp();
    answers.set('A api.test', ['10.0.0.1', '10.0.0.2']);
    const first = await resolver.resolve('api.test', 80);
    assert.deepEqual(ips(first), ['10.0.0.1:80', '10.0.0.2:80']);
    clock.advance(9_999);
    assert.equal(resolver.resolve('api.test', 80), first);
    assert.deepEqual(ips(resolver.resolve('api.test', 81) as ResolvedAddress[]), ['10.0.0.1:81', '10.0.0.2:81']);
    assert.deepEqual(asked, ['A api.test']);
  });

  it('gives out the old answer while it fetches a new one', async () => {
    const { clock, resolver, answers, asked } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    const first = await resolver.resolve('api.test', 80);
    clock.advance(10_000);
    assert.equal(resolver.resolve('api.test', 80), first);
    await settled();
    assert.equal(resolver.resolve('api.test', 80), first, 'the same records, the same array');
    answers.set('A api.test', ['10.0.0.9']);
    clock.advance(10_000);
    assert.equal(resolver.resolve('api.test', 80), first);
    assert.equal(resolver.resolve('api.test', 80), first);
    await settled();
    assert.deepEqual(ips(resolver.resolve('api.test', 80) as ResolvedAddress[]), ['10.0.0.9:80']);
    assert.deepEqual(asked, ['A api.test', 'A api.test', 'A api.test']);
  });

  it('does not take a mere change of order for a change', async () => {
    const { clock, resolver, answers } = setUp();
    answers.set('A api.test', ['10.0.0.1', '10.0.0.2']);
    const first = await resolver.resolve('api.test', 80);
    answers.set('A api.test', ['10.0.0.2', '10.0.0.1']);
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    await settled();
    assert.equal(resolver.resolve('api.test', 80), first);
  });

  it('waits for a new answer once the old one is too old', async () => {
    const { clock, resolver, answers } = setUp({ staleTtl: 5 });
    answers.set('A api.test', ['10.0.0.1']);
    await resolver.resolve('api.test', 80);
    answers.set('A api.test', ['10.0.0.2']);
    clock.advance(15_000);
    const outcome = resolver.resolve('api.test', 80);
    assert.ok(outcome instanceof Promise);
    assert.deepEqual(ips(await outcome), ['10.0.0.2:80']);
  });

  it('asks once for many at the same time', async () => {
    const { resolver, answers, asked, hold } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    const open = hold();
    const all = [80, 80, 81].map(async (port) => resolver.resolve('api.test', port));
    open();
    assert.deepEqual((await Promise.all(all)).map(ips), [['10.0.0.1:80'], ['10.0.0.1:80'], ['10.0.0.1:81']]);
    assert.deepEqual(asked, ['A api.test']);
  });

  it('keeps records of time to live 0 for a second, and obeys a fixed one', async () => {
    const brief = setUp({}, 0);
    brief.answers.set('A api.test', ['10.0.0.1']);
    await brief.resolver.resolve('api.test', 80);
    brief.clock.advance(999);
    void brief.resolver.resolve('api.test', 80);
    assert.equal(brief.asked.length, 1);
    brief.clock.advance(1);
    void brief.resolver.resolve('api.test', 80);
    assert.equal(brief.asked.length, 2);

    const fixed = setUp({ validTtl: 100 });
    fixed.answers.set('A api.test', ['10.0.0.1']);
    await fixed.resolver.resolve('api.test', 80);
    fixed.clock.advance(99_000);
    void fixed.resolver.resolve('api.test', 80);
    assert.equal(fixed.asked.length, 1);
  });

  it('remembers for 30 s that there is no such name, and throws it at once', async () => {
    const { clock, resolver, answers, asked } = setUp();
    const notFound = { name: 'GibbonError', code: 'ERR_DNS_NOT_FOUND', status: 503 };
    await assert.rejects(async () => resolver.resolve('gone.test', 80), notFound);
    const before = asked.length;
    clock.advance(29_999);
    assert.throws(() => resolver.resolve('gone.test', 80), notFound);
    assert.equal(asked.length, before);
    answers.set('A gone.test', ['10.0.0.1']);
    clock.advance(1);
    assert.deepEqual(ips(await resolver.resolve('gone.test', 80)), ['10.0.0.1:80']);
  });

  it('remembers other failures for 1 s, and lives on old answers meanwhile', async () => {
    const { clock, resolver, answers, asked } = setUp({ staleTtl: 60 });
    const text = 'dns server error: 2 server failure';
    const failed = { code: 'ERR_DNS_FAILED', status: 500, message: `Cannot resolve "api.test": ${text}` };
    answers.set('A api.test', 2);
    answers.set('AAAA api.test', 2);
    await assert.rejects(async () => resolver.resolve('api.test', 80), failed);
    assert.throws(() => resolver.resolve('api.test', 80), failed);
    answers.set('A api.test', ['10.0.0.1']);
    clock.advance(1_000);
    const good = await resolver.resolve('api.test', 80);

    answers.set('A api.test', 2);
    asked.length = 0;
    for (let second = 0; second < 69; second++) {
      clock.advance(1_000);
      assert.equal(resolver.resolve('api.test', 80), good);
      await settled();
    }
    assert.equal(asked.filter((question) => question === 'A api.test').length, 60, 'one query a second');
    clock.advance(2_000);
    await assert.rejects(async () => resolver.resolve('api.test', 80), failed);
  });

  it('tells once of a name that cannot be resolved any more, and when it can be again', async () => {
    const lines: string[] = [];
    const note = (level: LogLevel) => (message: string) => lines.push(`${level} ${message}`);
    const logger = { ...silentLogger, warn: note('warn'), notice: note('notice') };
    const { clock, resolver, answers } = setUp({ staleTtl: 3, logger });
    const next = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await Promise.allSettled([(async () => resolver.resolve('api.test', 80))()]);
      await settled();
    };
    answers.set('A api.test', ['10.0.0.1']);
    await next(0);
    answers.set('A api.test', 2);
    answers.set('AAAA api.test', 2);
    await next(10_000);
    for (let seconds = 0; seconds < 9; seconds++) await next(1_000);
    answers.set('A api.test', ['10.0.0.1']);
    await next(1_000);
    await next(1_000);
    const fault = 'Cannot resolve "api.test": dns server error: 2 server failure';
    assert.deepEqual(lines, [
      `warn ${fault}; its last addresses stay in use`,
      `warn ${fault}`,
      'notice Resolves "api.test" again',
    ]);
  });

  it('looks everywhere again once what it knew is too old', async () => {
    const { clock, resolver, answers } = setUp({ staleTtl: 3 });
    answers.set('A api.test', ['10.0.0.1']);
    await resolver.resolve('api.test', 80);
    answers.set('A api.test', 2);
    answers.set('AAAA api.test', ['fd00::1']);
    clock.advance(14_000);
    await assert.rejects(async () => resolver.resolve('api.test', 80), { code: 'ERR_DNS_FAILED' });
    clock.advance(1_000);
    assert.deepEqual(ips(await resolver.resolve('api.test', 80)), ['fd00::1:80']);
  });

  it('lets go of a name that is gone, old answer or not', async () => {
    const { clock, resolver, answers } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    await resolver.resolve('api.test', 80);
    answers.delete('A api.test');
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    await settled();
    assert.throws(() => resolver.resolve('api.test', 80), { code: 'ERR_DNS_NOT_FOUND' });
  });

  it('takes names without regard to case and to a dot at the end', async () => {
    const { resolver, answers } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(ips(await resolver.resolve('API.Test.', 80)), ['10.0.0.1:80']);
  });

  it('takes what the hosts file says at once and for ever, in the order of the types', () => {
    const hosts = '10.9.9.9 api.internal\nfd00::9 api.internal six.internal\n';
    const { clock, resolver, asked } = setUp({ hosts });
    const found = resolver.resolve('Api.Internal', 80);
    assert.deepEqual(ips(found as ResolvedAddress[]), ['10.9.9.9:80']);
    assert.deepEqual(ips(resolver.resolve('api.internal.', 80) as ResolvedAddress[]), ['10.9.9.9:80']);
    assert.deepEqual(ips(resolver.resolve('six.internal', 80) as ResolvedAddress[]), ['fd00::9:80']);
    assert.deepEqual(ips(resolver.resolve('localhost', 80) as ResolvedAddress[]), ['127.0.0.1:80']);
    clock.advance(1e12);
    assert.equal(resolver.resolve('Api.Internal', 80), found);
    assert.deepEqual(asked, []);
    const six = setUp({ hosts, order: ['SRV', 'AAAA', 'A'] });
    assert.deepEqual(ips(six.resolver.resolve('api.internal', 80) as ResolvedAddress[]), ['fd00::9:80']);
  });

  it('asks for each who waits when told so, and still once for many in the background', async () => {
    const { clock, resolver, answers, asked } = setUp({ noSync: true });
    answers.set('A api.test', ['10.0.0.1']);
    const all = await Promise.all([80, 80].map(async (port) => resolver.resolve('api.test', port)));
    assert.deepEqual(all.map(ips), [['10.0.0.1:80'], ['10.0.0.1:80']]);
    assert.deepEqual(asked, ['A api.test', 'A api.test']);
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    void resolver.resolve('api.test', 80);
    assert.equal(asked.length, 3);
  });

  it('keeps all targets of a service that it knew while one of them cannot be asked for', async () => {
    const { clock, resolver, answers } = setUp({ order: ['SRV', 'A'], errorTtl: 1 });
    answers.set('SRV api.test', ['1 1 81 one.test', '1 1 82 two.test']);
    answers.set('A one.test', ['10.0.0.1']);
    answers.set('A two.test', 'silent');
    const part = await resolver.resolve('api.test', 80);
    assert.deepEqual(ips(part), ['10.0.0.1:81'], 'at first a part is better than nothing');
    answers.set('A two.test', ['10.0.0.2']);
    clock.advance(1000);
    void resolver.resolve('api.test', 80);
    await settled();
    const all = resolver.resolve('api.test', 80) as ResolvedAddress[];
    assert.deepEqual(ips(all), ['10.0.0.1:81', '10.0.0.2:82']);
    answers.set('A two.test', 'silent');
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    await settled();
    assert.equal(resolver.resolve('api.test', 80), all);
  });

  it('asks with one question for what was found the last time', async () => {
    const { clock, resolver, answers, asked } = setUp({
      order: ['SRV', 'A', 'CNAME'],
      search: ['one.local', 'two.local'],
      ndots: 5,
    });
    answers.set('A api.test', ['10.0.0.1']);
    await resolver.resolve('api.test', 80);
    assert.equal(asked.length, 6, 'SRV three times, and A three times');
    asked.length = 0;
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    await settled();
    assert.deepEqual(asked, ['A api.test']);
  });

  it('counts what was asked for, and what was asked', async () => {
    const { clock, resolver, answers, servers } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    answers.set('A down.test', 'silent');
    answers.set('AAAA empty.test', []);
    await resolver.resolve('api.test', 80);
    void resolver.resolve('api.test', 80);
    clock.advance(10_000);
    void resolver.resolve('api.test', 80);
    await settled();
    await assert.rejects(async () => resolver.resolve('down.test', 80));
    await assert.rejects(async () => resolver.resolve('empty.test', 80));
    void resolver.resolve('10.0.0.1', 80);
    assert.deepEqual(Object.fromEntries(resolver.statistics()), {
      'api.test|A/AAAA': { runs: 3, hit_lru: 1, hit_stale: 1, miss: 1, stale: 1 },
      'api.test|A': { query: 2, query_last_time: 0, query_succ: 2 },
      'down.test|A/AAAA': { runs: 1, miss: 1, fail: 1 },
      'down.test|A': { query: 1, query_last_time: 0, query_fail_nameserver: 1 },
      'empty.test|A/AAAA': { runs: 1, miss: 1, fail: 1 },
      'empty.test|A': { query: 1, query_last_time: 0, 'query_fail:name error': 1 },
      'empty.test|AAAA': { query: 1, query_last_time: 0, 'query_fail:empty record received': 1 },
      '10.0.0.1|A/AAAA': { runs: 1, hit_lru: 1 },
    });
    const services = createResolver({ servers, clock, srvByShape: true, order: ['SRV', 'A'] });
    await assert.rejects(async () => services.resolve('_http._tcp.gone.test', 80));
    assert.deepEqual(Object.fromEntries(services.statistics()), {
      '_http._tcp.gone.test|SRV': {
        runs: 1,
        miss: 1,
        fail: 1,
        query: 1,
        query_last_time: 0,
        'query_fail:name error': 1,
      },
    });
  });

  it('asks once for the addresses of a target that came along', async () => {
    const { resolver, answers, extras, asked } = setUp({ order: ['SRV', 'A'] });
    answers.set('SRV api.test', ['1 1 81 one.test']);
    extras.set('SRV api.test', [recordOf('one.test', 'A', '10.0.0.1'), recordOf('bank.test', 'A', '10.6.6.6')]);
    assert.deepEqual(ips(await resolver.resolve('api.test', 80)), ['10.0.0.1:81']);
    assert.deepEqual(asked, ['SRV api.test']);
    await assert.rejects(async () => resolver.resolve('bank.test', 80), { code: 'ERR_DNS_NOT_FOUND' });
  });
});
