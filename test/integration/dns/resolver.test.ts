import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { createNameServers, createResolver, parseResolvConf, type ResolverOptions } from '../../../src/dns/index.ts';
import { createManualClock, createTimerWheel } from '../../../src/kernel/index.ts';
import { type SeenQuery, startNameServer, type TestNameServer, zoneRecord } from '../../support/name-server.ts';
import { until } from '../../support/until.ts';
import { closedPort } from '../upstreams/support/upstreams.ts';

const wheel = createTimerWheel({ tickMs: 10 });
let first: TestNameServer;
let second: TestNameServer;

before(async () => {
  wheel.start();
  first = await startNameServer();
  second = await startNameServer();
});
after(async () => {
  wheel.stop();
  await Promise.all([first.close(), second.close()]);
});
beforeEach(() => {
  for (const server of [first, second]) {
    server.zone.clear();
    server.questions.length = 0;
    server.seen.length = 0;
    server.script = () => false;
  }
});
afterEach(() => {
  assert.equal(wheel.size, 0, 'no time-out is left behind');
});

/** Asks these servers, for `api.test` unless told; for A only unless the options say otherwise. */
function setUp(ports: readonly number[], options: Partial<ResolverOptions> = {}, timeout = 5000) {
  const clock = createManualClock();
  const servers = ports.map((port) => ({ host: '127.0.0.1', port }));
  const conf = { ...parseResolvConf(''), servers, timeout };
  const resolver = createResolver({
    servers: createNameServers({ conf, wheel }),
    order: ['A'],
    clock,
    ...options,
  });
  const find = async (name = 'api.test'): Promise<string[]> =>
    (await resolver.resolve(name, 80)).map(({ ip, port, weight }) => `${ip}:${port}${weight ? ` ${weight}` : ''}`);
  return { clock, find };
}

const a = (ip: string, name = 'api.test', ttl = 60) => zoneRecord('A', name, ip, ttl);

describe('the DNS client over sockets', () => {
  it('asks over UDP, with EDNS, from ports and with ids that differ', async () => {
    for (let n = 0; n < 20; n++) first.set(`A n${n}.test`, [`10.0.0.${n}`]);
    const { find } = setUp([first.port]);
    for (let n = 0; n < 20; n++) assert.deepEqual(await find(`n${n}.test`), [`10.0.0.${n}:80`]);
    assert.ok(first.seen.every(({ via, edns }) => via === 'udp' && edns));
    assert.ok(new Set(first.seen.map(({ id }) => id)).size >= 18);
    const ports = first.seen.map(({ port }) => port);
    assert.ok(new Set(ports).size >= 18);
    assert.ok(
      ports.some((port, at) => at > 0 && Math.abs(port - ports[at - 1]!) > 2),
      'not counted up',
    );
  });

  it('finds services with weights and ports', async () => {
    first.set('SRV api.test', ['1 3 8001 one.test', '1 1 8002 two.test', '9 1 8003 two.test']);
    first.set('A one.test', ['10.0.0.1']);
    first.set('A two.test', ['10.0.0.2']);
    const { find } = setUp([first.port], { order: ['SRV', 'A'] });
    assert.deepEqual(await find(), ['10.0.0.1:8001 3', '10.0.0.2:8002 1']);
  });

  it('uses the addresses that come along with a service', async () => {
    first.script = (query) => {
      if (query.type !== 'SRV') return false;
      const extras = [a('10.0.0.1', 'one.test')];
      query.answer([zoneRecord('SRV', query.name, '1 1 8001 one.test')], { extras });
      return true;
    };
    const { find } = setUp([first.port], { order: ['SRV', 'A'] });
    assert.deepEqual(await find(), ['10.0.0.1:8001 1']);
    assert.deepEqual(first.questions, ['SRV api.test']);
  });

  it('follows aliases, and tells of loops', async () => {
    first.zone.set('A api.test', [zoneRecord('CNAME', 'api.test', 'one.test'), a('10.0.0.1', 'one.test')]);
    first.zone.set('A far.test', [zoneRecord('CNAME', 'far.test', 'api.test')]);
    first.zone.set('A x.test', [zoneRecord('CNAME', 'x.test', 'y.test')]);
    first.zone.set('A y.test', [zoneRecord('CNAME', 'y.test', 'x.test')]);
    const { find } = setUp([first.port]);
    assert.deepEqual(await find(), ['10.0.0.1:80']);
    assert.deepEqual(await find('far.test'), ['10.0.0.1:80']);
    await assert.rejects(find('x.test'), {
      code: 'ERR_DNS_FAILED',
      message: 'Cannot resolve "x.test": recursion detected: x.test > y.test > x.test',
    });
  });

  it('asks again over TCP for what does not fit into a datagram', async () => {
    const many = Array.from({ length: 1000 }, (_, n) => a(`10.0.${n >> 8}.${n & 255}`));
    first.script = (query) => {
      query.answer(query.via === 'udp' ? [a('10.6.6.6')] : many, { isTruncated: query.via === 'udp' });
      return true;
    };
    const { find } = setUp([first.port]);
    const found = await find();
    assert.equal(found.length, 1000);
    assert.equal(found[999], '10.0.3.231:80');
    assert.deepEqual(first.questions, ['A api.test', 'tcp A api.test']);
  });

  it('asks the next server when TCP fails, or brings too much or nonsense', async () => {
    second.set('A api.test', ['10.0.0.2']);
    const far: ((query: SeenQuery) => void)[] = [
      (query) => query.hangUp(),
      (query) => query.answer(Array.from({ length: 1025 }, () => a('10.6.6.6'))),
      (query) => query.answer([a('10.6.6.6')], { id: query.id ^ 1 }),
      (query) => query.send(Buffer.alloc(65_535, 'x')),
    ];
    for (const act of far) {
      first.script = (query) => {
        if (query.via === 'udp') query.answer([], { isTruncated: true });
        else act(query);
        return true;
      };
      assert.deepEqual(await setUp([first.port, second.port]).find(), ['10.0.0.2:80']);
    }
  });

  it('asks the next server when one fails, refuses or is not there', async () => {
    second.set('A api.test', ['10.0.0.2']);
    for (const code of [2, 4, 5, 9]) {
      first.zone.set('A api.test', code);
      assert.deepEqual(await setUp([first.port, second.port]).find(), ['10.0.0.2:80']);
    }
    assert.deepEqual(await setUp([await closedPort(), second.port]).find(), ['10.0.0.2:80']);
  });

  it('asks again when packets get lost, and takes late answers', async () => {
    const lost: SeenQuery[] = [];
    first.script = (query) => {
      if (lost.length >= 2) return false;
      lost.push(query);
      return true;
    };
    first.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(await setUp([first.port], {}, 30).find(), ['10.0.0.1:80']);
    assert.ok(first.seen.length >= 3);

    let late: SeenQuery | undefined;
    first.script = (query) => {
      late ??= query;
      // The answer to the first query comes after the second was sent.
      if (late !== query) late.answer([a('10.0.0.9', 'late.test')]);
      return true;
    };
    assert.deepEqual(await setUp([first.port], {}, 30).find('late.test'), ['10.0.0.9:80']);
  });

  it('gives up when nobody answers', async () => {
    first.script = () => true;
    await assert.rejects(setUp([first.port], {}, 20).find(), {
      code: 'ERR_DNS_FAILED',
      status: 500,
      message: 'Cannot resolve "api.test": no name server answered in time',
    });
    await until(() => first.seen.length === 5);
    await assert.rejects(setUp([await closedPort()]).find(), {
      code: 'ERR_DNS_FAILED',
      message: /^Cannot resolve "api\.test": no name server could be reached: .*ECONNREFUSED/,
    });
  });

  it('drops forged answers and waits for the real one', async () => {
    const forged = [a('10.6.6.6')];
    first.script = (query) => {
      query.answer(forged, { id: (query.id + 1) & 0xffff });
      query.answer([a('10.6.6.6', 'bank.test')], { name: 'bank.test' });
      query.send(Buffer.from('nonsense of some length'));
      query.send(Buffer.alloc(0));
      void query.answerFromElsewhere(forged).then(() => query.answer([a('10.0.0.1')]));
      return true;
    };
    const { find } = setUp([first.port]);
    assert.deepEqual(await find(), ['10.0.0.1:80']);
    assert.equal(first.seen.length, 1);
  });

  it('drops datagrams that are far too large', async () => {
    const many = Array.from({ length: 1000 }, () => a('10.6.6.6'));
    first.script = (query) => {
      query.answer(many);
      query.answer([a('10.0.0.1')]);
      return true;
    };
    assert.deepEqual(await setUp([first.port]).find(), ['10.0.0.1:80']);
  });

  it('asks without EDNS where that is not understood', async () => {
    first.script = (query) => {
      if (query.edns) query.answer([], { code: 1 });
      return query.edns;
    };
    first.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(await setUp([first.port]).find(), ['10.0.0.1:80']);
    assert.deepEqual(
      first.seen.map(({ edns }) => edns),
      [true, false],
    );
  });

  it('asks no more than once a second for records without a time to live', async () => {
    first.set('A api.test', ['10.0.0.1'], 0);
    const { find, clock } = setUp([first.port]);
    await find();
    clock.advance(999);
    await find();
    assert.equal(first.seen.length, 1);
    first.set('A api.test', ['10.0.0.2'], 0);
    clock.advance(1);
    assert.deepEqual(await find(), ['10.0.0.1:80'], 'the old answer while the new one is fetched');
    await until(async () => (await find())[0] === '10.0.0.2:80');
    assert.equal(first.seen.length, 2);
  });

  it('walks through search domains once, then asks where the name was', async () => {
    first.set('A web.two.test', ['10.0.0.1'], 10);
    const { find, clock } = setUp([first.port], {
      order: ['SRV', 'A'],
      search: ['one.test', 'two.test', 'three.test'],
      ndots: 5,
    });
    assert.deepEqual(await Promise.all([find('web'), find('web')]), [['10.0.0.1:80'], ['10.0.0.1:80']]);
    assert.deepEqual(first.questions, [
      'SRV web.one.test',
      'SRV web.two.test',
      'SRV web.three.test',
      'SRV web',
      'A web.one.test',
      'A web.two.test',
    ]);
    first.questions.length = 0;
    clock.advance(10_000);
    await find('web');
    await until(() => first.questions.length > 0);
    assert.deepEqual(first.questions, ['A web.two.test']);
  });

  it('remembers for a while that there is no such name', async () => {
    const { find, clock } = setUp([first.port], { search: ['one.test'], ndots: 2, notFoundTtl: 5 });
    await assert.rejects(find('gone.test'), { code: 'ERR_DNS_NOT_FOUND', status: 503 });
    clock.advance(4999);
    await assert.rejects(find('gone.test'), { code: 'ERR_DNS_NOT_FOUND' });
    assert.deepEqual(first.questions, ['A gone.test.one.test', 'A gone.test']);
    first.set('A gone.test', ['10.0.0.1']);
    clock.advance(1);
    assert.deepEqual(await find('gone.test'), ['10.0.0.1:80']);
  });
});
