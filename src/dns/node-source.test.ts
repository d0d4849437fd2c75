import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { createNodeDnsSource } from './node-source.ts';
import type { DnsSource } from './source.ts';

const types = { A: 1, SRV: 33 } as const;

/** Answers a DNS query (RFC 1035) with records of the type that was asked for, or with a response code. */
function answer(query: Buffer, records: readonly Buffer[], ttl: number, code: number): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  const parts = [head, question];
  for (const data of records) {
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    question.copy(record, 2, question.length - 4);
    record.writeUInt32BE(ttl, 6);
    record.writeUInt16BE(data.length, 10);
    parts.push(record, data);
  }
  return Buffer.concat(parts);
}

function nameOf(query: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; query[at] !== 0; at += query[at]! + 1) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!));
  }
  return labels.join('.');
}

const srv = Buffer.from('\0\x01\0\x05\x1f\x90\x03one\x04test\0', 'latin1');

describe('records over node:dns', () => {
  let server: Socket;
  let source: DnsSource;

  before(async () => {
    server = createSocket('udp4');
    server.on('message', (query, { port, address }) => {
      const name = nameOf(query);
      const type = query.readUInt16BE(query.indexOf(0, 12) + 1);
      const reply = (records: Buffer[], code = 0): void => server.send(answer(query, records, 77, code), port, address);
      if (name === 'api.test' && type === types.A) reply([Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])]);
      else if (name === '_http._tcp.test' && type === types.SRV) reply([srv]);
      else if (name === 'broken.test') reply([], 2);
      else if (name === 'empty.test') reply([]);
      else reply([], 3);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    source = createNodeDnsSource({ servers: [`127.0.0.1:${server.address().port}`], tries: 1, unknownTtl: 12 });
  });

  after(() => server.close());

  it('gives addresses with their time to live', async () => {
    assert.deepEqual(await source.addresses('api.test', 'A'), [
      { ip: '10.0.0.1', ttl: 77 },
      { ip: '10.0.0.2', ttl: 77 },
    ]);
  });

  it('gives services', async () => {
    assert.deepEqual(await source.services('_http._tcp.test'), [
      { name: 'one.test', port: 8080, priority: 1, weight: 5, ttl: 12 },
    ]);
  });

  it('tells a name that is not there from a server that fails', async () => {
    await assert.rejects(source.addresses('gone.test', 'A'), {
      code: 'ERR_DNS_NOT_FOUND',
      status: 503,
      message: 'Cannot resolve "gone.test": dns server error: 3 name error',
    });
    await assert.rejects(source.addresses('empty.test', 'AAAA'), { code: 'ERR_DNS_NOT_FOUND' });
    await assert.rejects(source.addresses('broken.test', 'A'), {
      code: 'ERR_DNS_FAILED',
      status: 500,
      message: 'Cannot resolve "broken.test": dns server error: 2 server failure',
    });
  });

  it('leaves the system out of it when name servers are given, and asks it otherwise', async () => {
    assert.equal('lookup' in source, false);
    const [first] = await createNodeDnsSource().lookup!('127.0.0.1');
    assert.deepEqual(first, { ip: '127.0.0.1', ttl: 30 });
  });
});
