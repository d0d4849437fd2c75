import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createManualClock } from '../kernel/index.ts';
import { parseHosts } from './hosts-file.ts';
import { createFakeNameServers, recordOf } from './name-servers.fixtures.ts';
import { createQuestions } from './questions.ts';
import { createQuestionStatistics } from './statistics.ts';
import { createWalk, type Found, type WalkOptions } from './walk.ts';

/** Asks for SRV, A, CNAME unless told. */
function setUp(options: Partial<WalkOptions> = {}, hosts = '') {
  const clock = createManualClock();
  const fake = createFakeNameServers();
  const ask = createQuestions({
    servers: fake.servers,
    hosts: parseHosts(hosts),
    statistics: createQuestionStatistics(10, () => clock.monotonic()),
    clock,
    validTtl: undefined,
    notFoundTtl: 30,
    size: 100,
    noSync: false,
  });
  const walk = createWalk({
    ask,
    order: ['SRV', 'A', 'CNAME'],
    lastFirst: true,
    srvByShape: false,
    rules: { search: [], ndots: 1, searchAll: true },
    ...options,
  });
  const find = async (name: string): Promise<readonly Found[]> => (await walk(name, undefined)).found;
  return { ...fake, clock, walk, find };
}

const at = (ip: string, port?: number, weight?: number, srvName?: string): Found => ({ ip, port, weight, srvName });
const rules = { search: ['one.test', 'two.test'], ndots: 2, searchAll: true };

describe('the walk', () => {
  it('asks type by type in the order, each through the search domains', async () => {
    const { find, answers, asked } = setUp({ order: ['A', 'AAAA'], rules });
    answers.set('AAAA api.test', ['fd00::1']);
    assert.deepEqual(await find('api.test'), [at('fd00::1')]);
    assert.deepEqual(asked, [
      'A api.test.one.test',
      'A api.test.two.test',
      'A api.test',
      'AAAA api.test.one.test',
      'AAAA api.test.two.test',
      'AAAA api.test',
    ]);
  });

  it('asks at once for what was found the last time, then for the rest', async () => {
    const { walk, answers, asked } = setUp({ rules });
    const last = { name: 'api.test.two.test', type: 'A' } as const;
    answers.set('A api.test.two.test', ['10.0.0.1']);
    assert.deepEqual((await walk('api.test', last)).place, last);
    assert.deepEqual(asked, ['A api.test.two.test']);
    const other = setUp({ rules });
    other.answers.set('A api.test', ['10.0.0.2']);
    assert.deepEqual((await other.walk('api.test', last)).place, { name: 'api.test', type: 'A' });
    assert.deepEqual(other.asked, ['A api.test.two.test', 'A api.test.one.test', 'A api.test']);
  });

  it('ends where a name was when that fails now', async () => {
    const { walk, answers, asked } = setUp({ rules });
    answers.set('A api.test', 2);
    answers.set('A api.test.one.test', ['10.0.0.9']);
    await assert.rejects(walk('api.test', { name: 'api.test', type: 'A' }), { code: 'ERR_DNS_FAILED' });
    assert.deepEqual(asked, ['A api.test']);
  });

  it('keeps to the order when it is not to begin with what was found the last time', async () => {
    const { walk, asked, answers } = setUp({ lastFirst: false });
    answers.set('A api.test', ['10.0.0.1']);
    await walk('api.test', { name: 'api.test', type: 'A' });
    assert.deepEqual(asked, ['SRV api.test', 'A api.test']);
  });

  it('goes on after a failure, but not when nobody answers', async () => {
    const failing = setUp();
    failing.answers.set('SRV api.test', 4);
    failing.answers.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(await failing.find('api.test'), [at('10.0.0.1')]);
    const silent = setUp();
    silent.answers.set('SRV api.test', 'silent');
    silent.answers.set('A api.test', ['10.0.0.1']);
    await assert.rejects(silent.find('api.test'), { code: 'ERR_DNS_FAILED' });
    assert.deepEqual(silent.asked, ['SRV api.test']);
  });

  it('tells of a failure rather than of a name that is not there', async () => {
    const { find, answers } = setUp();
    answers.set('A api.test', 5);
    await assert.rejects(find('api.test'), {
      code: 'ERR_DNS_FAILED',
      message: 'Cannot resolve "api.test": dns server error: 5 refused',
    });
    await assert.rejects(find('gone.test'), {
      code: 'ERR_DNS_NOT_FOUND',
      message: 'Cannot resolve "gone.test": dns server error: 3 name error',
    });
    const empty = setUp({ order: ['A'] });
    empty.answers.set('A api.test', []);
    await assert.rejects(empty.find('api.test'), {
      code: 'ERR_DNS_NOT_FOUND',
      message: 'Cannot resolve "api.test": dns client error: 101 empty record received',
    });
  });

  it('does not ask for names that cannot be', async () => {
    const { find, asked } = setUp();
    for (const name of ['a..b', 'a b', 'x'.repeat(64)]) {
      await assert.rejects(find(name), {
        code: 'ERR_DNS_FAILED',
        message: `Cannot resolve "${name}": not a host name`,
      });
    }
    assert.deepEqual(asked, []);
  });

  it('finds names of the hosts file behind search domains and aliases', async () => {
    const { find, answers } = setUp({ rules: { ...rules, ndots: 1 } }, '10.9.9.9 web.one.test');
    assert.deepEqual(await find('web'), [at('10.9.9.9')]);
    answers.set('A api.test', [recordOf('api.test', 'CNAME', 'web.one.test')]);
    assert.deepEqual(await find('api.test'), [at('10.9.9.9')]);
  });

  it('asks for SRV by the shape of the name alone when told so', async () => {
    const { find, asked } = setUp({ srvByShape: true, order: ['SRV', 'A', 'AAAA'] });
    await assert.rejects(find('_http._tcp.api.test'));
    await assert.rejects(find('api.test'));
    assert.deepEqual(asked, ['SRV _http._tcp.api.test', 'A api.test', 'AAAA api.test']);
  });
});

describe('SRV records', () => {
  it('give the targets of the lowest priority with ports and weights', async () => {
    const { find, answers } = setUp();
    answers.set('SRV api.test', [
      '1 10 8001 one.test',
      '1 0 0 two.test',
      '2 100 8003 backup.test',
      '1 6 8004 10.0.0.7',
      '1 1 8005 gone.test',
    ]);
    answers.set('A one.test', ['10.0.0.1', '10.0.0.2']);
    answers.set('A two.test', ['10.0.0.3']);
    assert.deepEqual(await find('api.test'), [
      at('10.0.0.1', 8001, 5, 'one.test'),
      at('10.0.0.2', 8001, 5, 'one.test'),
      at('10.0.0.3', undefined, 1, 'two.test'),
      at('10.0.0.7', 8004, 6, '10.0.0.7'),
    ]);
  });

  it('may lead to other services', async () => {
    const { find, answers } = setUp();
    answers.set('SRV api.test', ['1 10 8001 inner.test', '1 10 8002 one.test']);
    answers.set('SRV inner.test', ['1 1 0 one.test', '1 3 9000 two.test']);
    answers.set('A one.test', ['10.0.0.1']);
    answers.set('A two.test', ['10.0.0.2']);
    assert.deepEqual(await find('api.test'), [
      at('10.0.0.1', 8001, 2.5, 'inner.test'),
      at('10.0.0.2', 9000, 7.5, 'inner.test'),
      at('10.0.0.1', 8002, 10, 'one.test'),
    ]);
  });

  it('live as long as the shortest record on the way', async () => {
    const { walk, answers } = setUp();
    answers.set('SRV api.test', [recordOf('api.test', 'SRV', '1 1 80 one.test', 50)]);
    answers.set('A one.test', [recordOf('one.test', 'A', '10.0.0.1', 20)]);
    assert.equal((await walk('api.test', undefined)).until, 20_000);
  });

  it('that name the host itself are passed over for its addresses', async () => {
    const { find, answers } = setUp();
    answers.set('SRV api.test', ['1 1 0 api.test']);
    answers.set('A api.test', ['10.0.0.1']);
    assert.deepEqual(await find('api.test'), [at('10.0.0.1')]);
  });

  it('that lead in a circle are an error that tells the way', async () => {
    const { find, answers } = setUp();
    answers.set('SRV a.test', ['1 1 80 b.test']);
    answers.set('SRV b.test', ['1 1 80 c.test']);
    answers.set('SRV c.test', ['1 1 80 a.test']);
    await assert.rejects(find('a.test'), {
      code: 'ERR_DNS_FAILED',
      message: 'Cannot resolve "a.test": recursion detected: a.test > b.test > c.test > a.test',
    });
  });

  it('that say that there is no such service are none', async () => {
    const { find, answers } = setUp({ order: ['SRV'] });
    answers.set('SRV api.test', ['0 0 0 ']);
    await assert.rejects(find('api.test'), { code: 'ERR_DNS_NOT_FOUND' });
  });

  it('cannot make a look-up ask without end', async () => {
    const { find, answers, asked } = setUp({ order: ['SRV', 'A'] });
    const targets = (level: number): string[] => Array.from({ length: 40 }, (_, n) => `1 1 80 n${n}.l${level}.test`);
    answers.set('SRV l0.test', targets(1));
    for (let n = 0; n < 40; n++) {
      answers.set(`SRV n${n}.l1.test`, targets(2));
      answers.set(`SRV n${n}.l2.test`, targets(3));
    }
    await assert.rejects(find('l0.test'), {
      code: 'ERR_DNS_FAILED',
      message: /^Cannot resolve "[^"]*": the records lead to too many questions$/,
    });
    assert.ok(asked.length <= 1000);
  });

  it('of which no target is heard of end the walk', async () => {
    const { find, answers, asked } = setUp();
    answers.set('SRV api.test', ['1 1 80 one.test']);
    answers.set('A one.test', 'silent');
    await assert.rejects(find('api.test'), { code: 'ERR_DNS_FAILED' });
    assert.deepEqual(asked, ['SRV api.test', 'A one.test']);
  });
});

describe('aliases', () => {
  it('are followed with further questions where the server did not', async () => {
    const { walk, answers, asked } = setUp({ order: ['A'] });
    answers.set('A a.test', [recordOf('a.test', 'CNAME', 'b.test', 7)]);
    answers.set('A b.test', [recordOf('b.test', 'CNAME', 'c.test'), recordOf('c.test', 'A', '10.0.0.1')]);
    const { found, until } = await walk('a.test', undefined);
    assert.deepEqual([found, until], [[at('10.0.0.1')], 7000]);
    assert.deepEqual(asked, ['A a.test', 'A b.test']);
  });

  it('are asked for by themselves, and lead to any type', async () => {
    const { find, answers } = setUp();
    answers.set('CNAME a.test', ['b.test']);
    answers.set('SRV b.test', ['1 1 8000 c.test']);
    answers.set('A c.test', ['10.0.0.1']);
    assert.deepEqual(await find('a.test'), [at('10.0.0.1', 8000, 1, 'c.test')]);
  });

  it('that lead in a circle are an error, within one answer and through several', async () => {
    const { find, answers } = setUp({ order: ['A'] });
    answers.set('A a.test', [recordOf('a.test', 'CNAME', 'b.test'), recordOf('b.test', 'CNAME', 'a.test')]);
    await assert.rejects(find('a.test'), {
      message: 'Cannot resolve "a.test": recursion detected: a.test > b.test > a.test',
    });
    answers.set('A x.test', [recordOf('x.test', 'CNAME', 'y.test')]);
    answers.set('A y.test', [recordOf('y.test', 'CNAME', 'x.test')]);
    await assert.rejects(find('x.test'), {
      message: 'Cannot resolve "x.test": recursion detected: x.test > y.test > x.test',
    });
    const asked = setUp({ order: ['CNAME'] });
    asked.answers.set('CNAME x.test', ['y.test']);
    asked.answers.set('CNAME y.test', ['x.test']);
    await assert.rejects(asked.find('x.test'), { message: /recursion detected: x\.test > y\.test > x\.test$/ });
  });

  it('to names that cannot be are an error', async () => {
    const { find, answers, asked } = setUp({ order: ['A'] });
    answers.set('A a.test', [recordOf('a.test', 'CNAME', 'b c.test')]);
    await assert.rejects(find('a.test'), { message: 'Cannot resolve "b c.test": not a host name' });
    assert.deepEqual(asked, ['A a.test']);
  });

  it('that go on for too long are an error', async () => {
    const { find, answers } = setUp({ order: ['A'] });
    for (let n = 0; n < 20; n++) answers.set(`A n${n}.test`, [recordOf(`n${n}.test`, 'CNAME', `n${n + 1}.test`)]);
    await assert.rejects(find('n0.test'), { message: /recursion detected/ });
  });
});
