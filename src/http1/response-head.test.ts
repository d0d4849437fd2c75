import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultHeadLimits, HeadFault } from './limits.ts';
import type { FaultName } from './request-head.cases.ts';
import { parseResponseHead, ResponseHead } from './response-head.ts';

function parse(text: string): { readonly next: number; readonly head: ResponseHead } {
  const head = new ResponseHead();
  const bytes = Buffer.from(`${text}HTTP/1.1 200 OK\r\n`, 'latin1');
  return { next: parseResponseHead(bytes, 0, text.length, head, defaultHeadLimits), head };
}

const accepted: readonly (readonly [title: string, bytes: string, expected: Partial<ResponseHead>])[] = [
  [
    'the least there is',
    'HTTP/1.1 200 OK\r\n\r\n',
    { status: 200, statusText: '200 OK', minor: 1, keepAlive: true, contentLength: -1 },
  ],
  ['no reason and no blank', 'HTTP/1.1 200\r\n\r\n', { status: 200, statusText: '200 ' }],
  ['an empty reason', 'HTTP/1.1 200 \r\n\r\n', { status: 200, statusText: '200 ' }],
  [
    'a reason of several words',
    'HTTP/1.1 404 Not \xe4 Found\r\n\r\n',
    { status: 404, statusText: '404 Not \xe4 Found' },
  ],
  ['a status beyond 599', 'HTTP/1.1 799 x\r\n\r\n', { status: 799 }],
  ['HTTP/1.0, which ends the connection', 'HTTP/1.0 200 OK\r\n\r\n', { minor: 0, keepAlive: false }],
  ['HTTP/1.0 kept alive', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n', { minor: 0, keepAlive: true }],
  [
    'chunks in HTTP/1.0, behind which nothing is relied upon',
    'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n',
    { chunked: true, keepAlive: false },
  ],
  ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', { keepAlive: false }],
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n', { contentLength: 12, untouched: '' }],
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n', { chunked: true, untouched: '' }],
  [
    'a time-out of the connection',
    'HTTP/1.1 200 OK\r\nKeep-Alive: max=5, timeout=30\r\n\r\n',
    { keepAliveTimeout: 30 },
  ],
  ['a strange time-out', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=x\r\n\r\n', { keepAliveTimeout: -1 }],
  [
    'what forwarding leaves out',
    'HTTP/1.1 200 OK\r\nA: 1\r\nConnection: X-B, close\r\nUpgrade: h2c\r\nTrailer: t\r\nVia: 1.1 x\r\nProxy-Connection: y\r\nServer: s\r\nDate: d\r\nB: 2\r\n\r\n',
    {
      untouched: 'A: 1\r\nServer: s\r\nDate: d\r\nB: 2\r\n',
      nominated: ['x-b'],
      hasServer: true,
      hasDate: true,
      via: '1.1 x',
      trailer: 't',
    },
  ],
  [
    'a switch of protocols',
    'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    { status: 101, connectionUpgrade: true, upgrade: 'websocket' },
  ],
];

const refused: readonly (readonly [title: string, bytes: string, fault: FaultName])[] = [
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'malformed'],
  ['HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n', 'malformed'],
  ['HTTP/0.9', '<html>hello, this is a body</html>', 'malformed'],
  ['a version in lower case', 'http/1.1 200 OK\r\n\r\n', 'malformed'],
  ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'malformed'],
  ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', 'malformed'],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', 'malformed'],
  ['a status with a sign', 'HTTP/1.1 +20 OK\r\n\r\n', 'malformed'],
  ['two blanks before the status', 'HTTP/1.1  200 OK\r\n\r\n', 'malformed'],
  ['lines that end in LF', 'HTTP/1.1 200 OK\nA: b\n\n', 'malformed'],
  ['NUL in the reason', 'HTTP/1.1 200 O\x00K\r\n\r\n', 'malformed'],
  ['NUL in a value', 'HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n', 'malformed'],
  ['CR in a value', 'HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n', 'malformed'],
  ['a folded line', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n', 'malformed'],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\nA : b\r\n\r\n', 'malformed'],
  ['a line without a colon', 'HTTP/1.1 200 OK\r\nA\r\n\r\n', 'malformed'],
  ['a line without a name', 'HTTP/1.1 200 OK\r\n: a\r\n\r\n', 'malformed'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 'malformed'],
  ['two equal lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n', 'malformed'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n', 'malformed'],
  ['a length beside chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 'malformed'],
  [
    'chunks in two lines',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n',
    'malformed',
  ],
  ['a coding that is no chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', 'codingUnknown'],
  ['a reason without end', `HTTP/1.1 200 ${'a'.repeat(9000)}`, 'headerTooLarge'],
  ['lines too long together', `HTTP/1.1 200 OK\r\n${`A: ${'a'.repeat(4000)}\r\n`.repeat(9)}\r\n`, 'headerTooLarge'],
  ['a value without end', `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(33_000)}`, 'headerTooLarge'],
  ['too many lines', `HTTP/1.1 200 OK\r\n${'A:\r\n'.repeat(1001)}\r\n`, 'headerTooLarge'],
];

describe('parseResponseHead', () => {
  for (const [title, bytes, expected] of accepted) {
    it(`takes ${title}`, () => {
      const { next, head } = parse(bytes);
      assert.equal(next, bytes.length);
      const found = Object.fromEntries(Object.keys(expected).map((key) => [key, head[key as keyof ResponseHead]]));
      assert.deepEqual(found, expected);
    });
  }

  for (const [title, bytes, fault] of refused) {
    it(`refuses ${title}`, () => {
      assert.equal(parse(bytes).next, -HeadFault[fault]);
    });
  }

  it('wants more of a good head, wherever it is cut', () => {
    for (const [title, bytes] of accepted) {
      for (let at = 0; at < bytes.length; at += 1)
        assert.equal(parse(bytes.slice(0, at)).next, 0, `${title} cut at ${at}`);
    }
  });

  it('never takes a bad head, wherever it is cut', () => {
    for (const [title, bytes] of refused) {
      const step = bytes.length > 1000 ? 97 : 1;
      for (let at = 0; at < bytes.length; at += step) {
        assert.ok(parse(bytes.slice(0, at)).next <= 0, `${title} cut at ${at}`);
      }
    }
  });
});
