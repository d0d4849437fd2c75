import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, decode, encode } from 'dns-packet';
import { createManualClock, createTimerWheel } from '../kernel/index.ts';
import { createNameServers } from './name-servers.ts';
import type { ResolvConf } from './resolv-conf.ts';
import type { Wire, WireListener } from './wire.ts';

/** A query as it was sent. */
interface Sent {
  readonly via: 'udp' | 'tcp';
  readonly host: string;
  readonly id: number;
  readonly edns: boolean;
  readonly isOpen: () => boolean;
  readonly listener: WireListener;
  /** Lets a message arrive. */
  answer(packet?: { id?: number; name?: string; type?: 'A' | 'AAAA'; flags?: number; ip?: string }): void;
}

/** Name servers at 10.0.0.1, 10.0.0.2 and so on, over a wire that the test holds the ends of. */
function setUp(count: number, conf: Partial<ResolvConf> = {}, limit?: number) {
  const clock = createManualClock();
  const wheel = createTimerWheel({ clock, tickMs: 10 });
  const sent: Sent[] = [];
  const send = (via: Sent['via']) => (server: { host: string }, query: Buffer, listener: WireListener) => {
    const { id, questions, additionals } = decode(query);
    const [{ name, type }] = questions as [{ name: string; type: 'A' }];
    let isOpen = true;
    sent.push({
      via,
      host: server.host,
      id: id!,
      edns: additionals!.length > 0,
      isOpen: () => isOpen,
      listener,
      answer(packet = {}) {
        const answers: Answer[] =
          packet.ip === undefined ? [] : [{ name: packet.name ?? name, type: 'A', ttl: 5, data: packet.ip }];
        listener.heard(
          encode({
            type: 'response',
            id: packet.id ?? id!,
            flags: packet.flags ?? 0,
            questions: [{ name: packet.name ?? name, type: packet.type ?? type, class: 'IN' }],
            answers,
          }),
        );
      },
    });
    return () => {
      isOpen = false;
    };
  };
  const wire: Wire = { udp: send('udp'), tcp: send('tcp') };
  let next = 0;
  const servers = createNameServers({
    conf: {
      servers: Array.from({ length: count }, (_, at) => ({ host: `10.0.0.${at + 1}`, port: 53 })),
      timeout: 1000,
      attempts: 3,
      rotate: false,
      useTcp: false,
      ...conf,
    },
    wheel,
    wire,
    random: (end) => next++ % end,
    ...(limit === undefined ? {} : { limit }),
  });
  return {
    servers,
    sent,
    wheel,
    hosts: () => sent.map(({ via, host }) => `${via} ${host}`),
    pass(ms: number) {
      clock.advance(ms);
      wheel.tick();
    },
  };
}

const ipsOf = async (reply: ReturnType<ReturnType<typeof createNameServers>['ask']>): Promise<string[]> =>
  (await reply).answers.map((record) => (record.type === 'A' ? record.ip : record.type));
const nonsense = Buffer.from('nonsense, and quite some of it');

describe('name servers', () => {
  it('are asked one question, and left alone once it is answered', async () => {
    const { servers, sent, wheel } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.equal(sent.length, 1);
    assert.equal(sent[0]!.isOpen(), false);
    assert.equal(wheel.size, 0);
  });

  it('whose answer is forged are still waited for', async () => {
    const { servers, sent } = setUp(1);
    const reply = servers.ask('api.test', 'A');
    const [query] = sent as [Sent];
    query.answer({ id: query.id ^ 1, ip: '10.6.6.6' });
    query.answer({ name: 'bank.test', ip: '10.6.6.6' });
    query.answer({ type: 'AAAA', ip: '10.6.6.6' });
    query.listener.heard(nonsense);
    query.answer({ ip: '10.1.1.1' });
    query.answer({ ip: '10.6.6.6' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
  });

  it('that fail are followed by the next, and not asked again', async () => {
    const { servers, sent, hosts } = setUp(3);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.answer({ flags: 2 });
    sent[1]!.answer({ flags: 5 });
    sent[2]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.deepEqual(hosts(), ['udp 10.0.0.1', 'udp 10.0.0.2', 'udp 10.0.0.3']);
    const failing = setUp(2, { attempts: 9 });
    const refused = failing.servers.ask('api.test', 'A');
    failing.sent[0]!.answer({ flags: 2 });
    failing.sent[1]!.answer({ flags: 5 });
    assert.equal((await refused).code, 5);
    assert.equal(failing.sent.length, 2);
  });

  it('that know of no such name have the last word', async () => {
    const { servers, sent } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.answer({ flags: 3 });
    assert.equal((await reply).code, 3);
    assert.equal(sent.length, 1);
  });

  it('that are silent are followed by the next, and may answer late', async () => {
    const { servers, sent, pass } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    pass(999);
    assert.equal(sent.length, 1);
    pass(20);
    assert.equal(sent.length, 2);
    assert.notEqual(sent[0]!.id, sent[1]!.id);
    sent[0]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.deepEqual(
      sent.map(({ isOpen }) => isOpen()),
      [false, false],
    );
  });

  it('are asked so many times, each at least once', async () => {
    const { servers, hosts, pass, wheel } = setUp(2);
    const reply = assert.rejects(servers.ask('api.test', 'A'), {
      code: 'ERR_DNS_FAILED',
      message: 'Cannot resolve "api.test": no name server answered in time',
    });
    for (let tries = 0; tries < 3; tries++) pass(1020);
    await reply;
    assert.deepEqual(hosts(), ['udp 10.0.0.1', 'udp 10.0.0.2', 'udp 10.0.0.1']);
    assert.equal(wheel.size, 0);
    const few = setUp(3, { attempts: 1 });
    const none = assert.rejects(few.servers.ask('api.test', 'A'));
    for (let tries = 0; tries < 3; tries++) few.pass(1020);
    await none;
    assert.equal(few.sent.length, 3);
  });

  it('that were silent are asked after the others for half a minute', async () => {
    const { servers, sent, hosts, pass } = setUp(2);
    const first = servers.ask('a.test', 'A');
    pass(1020);
    sent[1]!.answer();
    await first;
    const second = servers.ask('b.test', 'A');
    sent[2]!.answer();
    await second;
    pass(30_000);
    const third = servers.ask('c.test', 'A');
    sent[3]!.answer();
    await third;
    assert.deepEqual(hosts().slice(1), ['udp 10.0.0.2', 'udp 10.0.0.2', 'udp 10.0.0.1']);
  });

  it('that cannot be reached are followed by the next at once', async () => {
    const { servers, sent } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.listener.failed(new Error('connect ECONNREFUSED'));
    sent[1]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    const all = setUp(1);
    const none = assert.rejects(all.servers.ask('api.test', 'A'), {
      message: 'Cannot resolve "api.test": no name server could be reached: connect ECONNREFUSED',
    });
    all.sent[0]!.listener.failed(new Error('connect ECONNREFUSED'));
    await none;
  });

  it('are asked over TCP for what did not fit', async () => {
    const { servers, sent, hosts } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.answer({ flags: 1 << 9, ip: '10.6.6.6' });
    sent[1]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.deepEqual(hosts(), ['udp 10.0.0.1', 'tcp 10.0.0.1']);
  });

  it('are asked over TCP alone when told so, where nonsense is a failure', async () => {
    const { servers, sent, hosts } = setUp(2, { useTcp: true });
    const reply = servers.ask('api.test', 'A');
    sent[0]!.listener.heard(nonsense);
    sent[1]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.deepEqual(hosts(), ['tcp 10.0.0.1', 'tcp 10.0.0.2']);
  });

  it('that do not understand EDNS are asked without it', async () => {
    const { servers, sent } = setUp(2);
    const reply = servers.ask('api.test', 'A');
    sent[0]!.answer({ flags: 1 });
    sent[1]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
    assert.deepEqual(
      sent.map(({ host, edns }) => [host, edns]),
      [
        ['10.0.0.1', true],
        ['10.0.0.1', false],
      ],
    );
  });

  it('that cannot even read the question of a query with EDNS are asked without it', async () => {
    const { servers, sent } = setUp(1);
    const reply = servers.ask('api.test', 'A');
    const answer = (flags: number): void =>
      sent[0]!.listener.heard(encode({ type: 'response', id: sent[0]!.id, flags }));
    answer(2);
    assert.equal(sent.length, 1, 'any other failure must say what it is about');
    answer(1);
    sent[1]!.answer({ ip: '10.1.1.1' });
    assert.deepEqual(await ipsOf(reply), ['10.1.1.1']);
  });

  it('take turns when told so', async () => {
    // The numbers that serve as chance count up: one for the server, one for the id.
    const { servers, sent, hosts } = setUp(3, { rotate: true });
    for (let at = 0; at < 3; at++) {
      const reply = servers.ask('api.test', 'A');
      sent[at]!.answer();
      await reply;
    }
    assert.deepEqual(hosts(), ['udp 10.0.0.1', 'udp 10.0.0.3', 'udp 10.0.0.2']);
  });

  it('get no more questions at a time than they should', async () => {
    const { servers, sent } = setUp(1, {}, 2);
    const replies = ['a.test', 'b.test', 'c.test', 'd.test'].map((name) => servers.ask(name, 'A'));
    assert.equal(sent.length, 2);
    sent[1]!.answer();
    assert.equal(sent.length, 3);
    sent[0]!.answer();
    assert.equal(sent.length, 4);
    sent[2]!.answer();
    sent[3]!.answer();
    assert.equal((await Promise.all(replies)).length, 4);
  });
});
