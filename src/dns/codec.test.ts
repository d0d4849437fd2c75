import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, decode, encode, type Packet } from 'dns-packet';
import { decodeResponse, encodeQuery } from './codec.ts';

const question = { name: 'Api.Test', type: 'A', class: 'IN' } as const;

function response(packet: Packet): Buffer {
  return encode({ type: 'response', id: 7, questions: [question], ...packet });
}

describe('DNS messages', () => {
  it('are queries that want recursion and take answers of 1232 bytes', () => {
    const query = decode(encodeQuery(4711, 'api.test', 'SRV', true));
    assert.equal(query.id, 4711);
    assert.equal(query.type, 'query');
    assert.equal(query.flag_rd, true);
    assert.deepEqual(query.questions, [{ name: 'api.test', type: 'SRV', class: 'IN' }]);
    const [option] = query.additionals!;
    assert.equal(option?.type === 'OPT' && option.udpPayloadSize, 1232);
    assert.deepEqual(decode(encodeQuery(1, 'api.test', 'A', false)).additionals, []);
  });

  it('are read for the records that count, names in lower case', () => {
    const answers: Answer[] = [
      { name: 'API.test', type: 'CNAME', ttl: 60, data: 'One.Test' },
      { name: 'one.test', type: 'A', ttl: 5, data: '10.0.0.1' },
      { name: 'one.test', type: 'AAAA', ttl: 4, data: 'fd00::1' },
      { name: 'one.test', type: 'TXT', ttl: 4, data: 'hello' },
      { name: 'one.test', type: 'A', ttl: 2 ** 31, data: '10.0.0.2' },
      { name: 'one.test', type: 'A', ttl: 5, data: '10.0.0.3', class: 'CH' },
      { name: '_x._tcp.test', type: 'SRV', ttl: 3, data: { target: 'One.test', port: 80, priority: 1, weight: 2 } },
      { name: '_y._tcp.test', type: 'SRV', ttl: 3, data: { target: '.', port: 0 } },
      { name: 'b.test', type: 'CNAME', ttl: 3, data: 'a b\nc.test' },
    ];
    const extras: Answer[] = [{ name: 'one.test', type: 'A', ttl: 9, data: '10.0.0.9' }];
    assert.deepEqual(decodeResponse(response({ answers, additionals: extras })), {
      id: 7,
      code: 0,
      isTruncated: false,
      name: 'api.test',
      type: 'A',
      answers: [
        { owner: 'api.test', ttl: 60, type: 'CNAME', target: 'one.test' },
        { owner: 'one.test', ttl: 5, type: 'A', ip: '10.0.0.1' },
        { owner: 'one.test', ttl: 4, type: 'AAAA', ip: 'fd00::1' },
        { owner: 'one.test', ttl: 0, type: 'A', ip: '10.0.0.2' },
        { owner: '_x._tcp.test', ttl: 3, type: 'SRV', target: 'one.test', port: 80, priority: 1, weight: 2 },
        { owner: '_y._tcp.test', ttl: 3, type: 'SRV', target: '', port: 0, priority: 0, weight: 0 },
        { owner: 'b.test', ttl: 3, type: 'CNAME', target: 'a\ufffdb\ufffdc.test' },
      ],
      extras: [{ owner: 'one.test', ttl: 9, type: 'A', ip: '10.0.0.9' }],
    });
  });

  it('tell codes, those of EDNS too, and that something is missing', () => {
    assert.equal(decodeResponse(response({ flags: 5 }))?.code, 5);
    assert.equal(decodeResponse(response({ flags: 1 << 9 }))?.isTruncated, true);
    const option: Answer = {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 512,
      extendedRcode: 1,
      ednsVersion: 0,
      flags: 0,
      flag_do: false,
      options: [],
    };
    assert.equal(decodeResponse(response({ additionals: [option] }))?.code, 16, 'BADVERS');
  });

  it('that make no sense are none', () => {
    const good = response({ answers: [{ name: 'api.test', type: 'A', ttl: 1, data: '10.0.0.1' }] });
    assert.equal(decodeResponse(Buffer.alloc(0)), undefined);
    assert.equal(decodeResponse(good.subarray(0, 11)), undefined);
    assert.equal(decodeResponse(good.subarray(0, good.length - 1)), undefined);
    assert.equal(decodeResponse(encodeQuery(7, 'api.test', 'A', true)), undefined, 'a query');
    const loop = Buffer.from(good);
    loop.writeUInt16BE(0xc00c, 12);
    assert.equal(decodeResponse(loop), undefined, 'a name that points at itself');
    const many = Buffer.from(good);
    many.writeUInt16BE(65_535, 6);
    assert.equal(decodeResponse(many), undefined, 'more records than are there');
  });

  it('with more than 1024 records are none', () => {
    const answers = (count: number): Answer[] =>
      Array.from({ length: count }, () => ({ name: 'api.test', type: 'A', ttl: 1, data: '10.0.0.1' }));
    assert.equal(decodeResponse(response({ answers: answers(1024) }))?.answers.length, 1024);
    assert.equal(decodeResponse(response({ answers: answers(1025) })), undefined);
  });

  it('never throw, whatever the bytes are', () => {
    const good = response({ answers: [{ name: 'api.test', type: 'A', ttl: 1, data: '10.0.0.1' }] });
    for (let at = 0; at < good.length; at++) {
      for (const value of [0, 1, 0x3f, 0xc0, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[at] = value;
        const message = decodeResponse(bytes);
        assert.ok(message === undefined || message.answers.length <= 1024);
      }
    }
  });
});
