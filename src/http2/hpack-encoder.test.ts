import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Field } from './field.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder, worstCase } from './hpack-encoder.ts';
import { LineCache } from './line-cache.ts';

function encode(encoder: HpackEncoder, lines: string, status = 200, length = -1): Buffer {
  const most = worstCase(lines);
  const bytes = Buffer.alloc(most);
  let end = encoder.status(bytes, encoder.begin(bytes, 0), status);
  if (length >= 0) end = encoder.contentLength(bytes, end, length);
  end = encoder.lines(bytes, end, lines);
  assert.ok(end <= most, 'more than the worst case');
  return bytes.subarray(0, end);
}

function decode(decoder: HpackDecoder, bytes: Buffer): string[] {
  const seen: string[] = [];
  const onField = ({ name, value }: Field): void => void seen.push(`${name}: ${value}`);
  assert.ok(decoder.decode(bytes, 0, bytes.length, { onField }), 'malformed');
  return seen;
}

const lines = 'Server: nginx\r\nContent-Type: text/plain\r\nX-Kong-Request-Id: 0123456789abcdef\r\n';
const fields = [':status: 200', 'server: nginx', 'content-type: text/plain', 'x-kong-request-id: 0123456789abcdef'];

describe('HpackEncoder', () => {
  it('puts lines into the table when they come again', () => {
    const encoder = new HpackEncoder(new LineCache());
    const decoder = new HpackDecoder();
    const sizes = [1, 2, 3].map(() => {
      const bytes = encode(encoder, lines);
      assert.deepEqual(decode(decoder, bytes), fields);
      assert.equal(encoder.size, decoder.size);
      return bytes.length;
    });
    assert.deepEqual(
      decoder.entries.map(({ name }) => name),
      ['content-type', 'server'],
    );
    assert.ok(sizes[2]! < sizes[0]! - 10, `no gain: ${sizes}`);
  });

  it('knows lines of other connections at once', () => {
    const cache = new LineCache();
    encode(new HpackEncoder(cache), lines);
    const encoder = new HpackEncoder(cache);
    const decoder = new HpackDecoder();
    assert.deepEqual(decode(decoder, encode(encoder, lines)), fields);
    assert.equal(decoder.entries.length, 2);
  });

  const statuses = [100, 103, 200, 204, 206, 302, 304, 400, 404, 418, 500, 503, 599];
  for (const status of statuses) {
    it(`writes status ${status} and a length`, () => {
      const bytes = encode(new HpackEncoder(new LineCache()), '', status, 123_456);
      assert.deepEqual(decode(new HpackDecoder(), bytes), [`:status: ${status}`, 'content-length: 123456']);
    });
  }

  it('leaves out what only HTTP/1 has', () => {
    const given =
      'Connection: close\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nTransfer-Encoding: chunked\r\n' +
      'Upgrade: h2c\r\nContent-Length: 7\r\nX-Own:  spaced \r\nEmpty:\r\n';
    const encoder = new HpackEncoder(new LineCache());
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(decode(new HpackDecoder(), encode(new HpackEncoder(new LineCache()), given)), [
        ':status: 200',
        'x-own: spaced',
        'empty: ',
      ]);
    }
    assert.equal(encoder.size, 0);
  });

  it('gives up keeping lines whose values never come again', () => {
    const cache = new LineCache();
    const encoder = new HpackEncoder(cache);
    for (let at = 0; at < 100; at += 1) encode(encoder, `X-Trace: ${at}\r\n`);
    assert.equal(cache.find('X-Trace: 15', 0, 11)?.size, 7 + 2 + 32);
    assert.equal(cache.find('X-Trace: 99', 0, 11), undefined);
    encode(encoder, 'Set-Cookie: a=b\r\n');
    assert.equal(cache.find('Set-Cookie: a=b', 0, 15), undefined);
  });

  it('tells the peer of each change of the table, the smallest size first', () => {
    const encoder = new HpackEncoder(new LineCache());
    const decoder = new HpackDecoder();
    for (let round = 0; round < 3; round += 1) decode(decoder, encode(encoder, lines));
    encoder.resize(0);
    encoder.resize(100);
    assert.deepEqual(decode(decoder, encode(encoder, lines)), fields);
    assert.equal(encoder.size, decoder.size);
    encoder.resize(1_000_000);
    for (let round = 0; round < 2; round += 1) assert.deepEqual(decode(decoder, encode(encoder, lines)), fields);
    assert.equal(encoder.size, decoder.size);
  });

  it('stays in step with a decoder over any series of blocks', () => {
    const name = fc.constantFrom('Server', 'X-A', 'x-b', 'Vary', 'Content-Type', 'Set-Cookie', 'Accept-Ranges');
    const value = fc.oneof(
      fc.constantFrom('', 'a', 'text/plain', 'bytes', 'y'.repeat(900)),
      fc.stringMatching(/^[!-~]{0,30}$/),
    );
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 12 }) },
      { weight: 1, arbitrary: fc.constantFrom(0, 64, 300, 4096, 65_536) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const encoder = new HpackEncoder(new LineCache());
        const decoder = new HpackDecoder();
        for (const part of steps) {
          if (typeof part === 'number') {
            encoder.resize(part);
            continue;
          }
          const text = part.map(([key, given]) => `${key}: ${given}\r\n`).join('');
          const expected = part.map(([key, given]) => `${key.toLowerCase()}: ${given}`);
          assert.deepEqual(decode(decoder, encode(encoder, text)), [':status: 200', ...expected]);
          assert.equal(encoder.size, decoder.size);
        }
      }),
      { numRuns: 200, seed: 7541 },
    );
  });
});
