import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createManualClock } from '../kernel/index.ts';
import { createResolver, type ResolvedAddress, type ResolverOptions } from './resolver.ts';
import { type DnsSource, dnsFailed, dnsNotFound, type SrvRecord } from './source.ts';

type Answer = string[] | 'not found' | 'failed';

/** A source whose answers are set by the test; every query is noted, and can be held back. */
function createFakeSource(ttl = 10) {
  const answers = new Map<string, Answer>();
  const services = new Map<string, Omit<SrvRecord, 'ttl'>[]>();
  const asked: string[] = [];
  let gate: Promise<void> | undefined;
  const answer = async (name: string, question: string): Promise<string[]> => {
    asked.push(question);
    if (gate !== undefined) await gate;
    const found = answers.get(question) ?? 'not found';
    if (found === 'not found') throw dnsNotFound(name, 'name error');
    if (found === 'failed') throw dnsFailed(name, 'server failure');
    return found;
  };
  const source: DnsSource = {
    addresses: async (name, type) => (await answer(name, `${type} ${name}`)).map((ip) => ({ ip, ttl })),
    services: async (name) => {
      asked.push(`SRV ${name}`);
      const found = services.get(name);
      if (found === undefined) throw dnsNotFound(name, 'name error');
      return found.map((record) => ({ ...record, ttl: 60 }));
    },
    lookup: async (name) => (await answer(name, `lookup ${name}`)).map((ip) => ({ ip, ttl })),
  };
  return {
    source,
    answers,
    services,
    asked,
    hold: (): (() => void) => {
      let open = (): void => {};
      gate = new Promise((resolve) => {
        open = () => {
          gate = undefined;
          resolve();
        };
      });
      return open;
    },
  };
}

function setUp(options: ResolverOptions = {}, ttl = 10) {
  const clock = createManualClock();
  const fake = createFakeSource(ttl);
  const resolver = createResolver({ source: fake.source, clock, hostsFile: '/nowhere/hosts', ...options });
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

  it('goes on to the next family, then to the system', async () => {
    const { resolver, answers, asked } = setUp();
    answers.set('AAAA six.test', ['fd00::1']);
    answers.set('lookup short', ['10.0.0.5']);
    assert.deepEqual(ips(await resolver.resolve('six.test', 80)), ['fd00::1:80']);
    assert.deepEqual(ips(await resolver.resolve('short', 80)), ['10.0.0.5:80']);
    assert.deepEqual(asked, ['A six.test', 'AAAA six.test', 'A short', 'AAAA short', 'lookup short']);
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
    const failed = { code: 'ERR_DNS_FAILED', status: 500, message: 'Cannot resolve "api.test": server failure' };
    answers.set('A api.test', 'failed');
    await assert.rejects(async () => resolver.resolve('api.test', 80), failed);
    assert.throws(() => resolver.resolve('api.test', 80), failed);
    answers.set('A api.test', ['10.0.0.1']);
    clock.advance(1_000);
    const good = await resolver.resolve('api.test', 80);

    answers.set('A api.test', 'failed');
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

  it('reads SRV records of names that look like it: lowest priority, ports, weights', async () => {
    const { resolver, answers, services } = setUp();
    services.set('_http._tcp.api.test', [
      { name: 'one.test.', port: 8001, priority: 1, weight: 10 },
      { name: 'two.test', port: 0, priority: 1, weight: 0 },
      { name: 'backup.test', port: 8003, priority: 2, weight: 100 },
    ]);
    answers.set('A one.test', ['10.0.0.1', '10.0.0.2']);
    answers.set('A two.test', ['10.0.0.3']);
    assert.deepEqual(await resolver.resolve('_http._tcp.api.test', 80), [
      { ip: '10.0.0.1', port: 8001, weight: 5, srvName: 'one.test' },
      { ip: '10.0.0.2', port: 8001, weight: 5, srvName: 'one.test' },
      { ip: '10.0.0.3', port: 80, weight: 1, srvName: 'two.test' },
    ]);
    await assert.rejects(async () => resolver.resolve('_x._tcp.gone.test', 80), { code: 'ERR_DNS_NOT_FOUND' });
  });

  it('takes names without regard to case and to a dot at the end', async () => {
    const { resolver, answers } = setUp();
    answers.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(ips(await resolver.resolve('API.Test.', 80)), ['10.0.0.1:80']);
  });

  describe('with a hosts file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gibbon-dns-'));
    const hostsFile = join(directory, 'hosts');
    writeFileSync(hostsFile, '10.9.9.9 api.internal\nfd00::9 api.internal six.internal\n');
    after(() => rmSync(directory, { recursive: true }));

    it('answers at once and for ever, in the order of the families', () => {
      const { clock, resolver, asked } = setUp({ hostsFile });
      const found = resolver.resolve('Api.Internal', 80);
      assert.deepEqual(ips(found as ResolvedAddress[]), ['10.9.9.9:80']);
      assert.deepEqual(ips(resolver.resolve('six.internal', 80) as ResolvedAddress[]), ['fd00::9:80']);
      assert.deepEqual(ips(resolver.resolve('localhost', 80) as ResolvedAddress[]), ['127.0.0.1:80']);
      clock.advance(1e12);
      assert.equal(resolver.resolve('Api.Internal', 80), found);
      assert.deepEqual(asked, []);
      const six = setUp({ hostsFile, families: ['AAAA', 'A'] });
      assert.deepEqual(ips(six.resolver.resolve('api.internal', 80) as ResolvedAddress[]), ['fd00::9:80']);
    });
  });
});
