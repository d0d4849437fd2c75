import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultHeadLimits, type RequestHead } from '../../http1/index.ts';
import { ChunkPool, type FieldVisitor, HpackDecoder, TrailerFields } from '../../http2/index.ts';
import { RequestHeadBuilder } from './http2-request-head.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

/** Sends fields through HPACK, as literals. */
function decode(fields: Pairs, visitor: FieldVisitor): void {
  const { bytes } = new ChunkPool().take(100_000);
  let end = 0;
  const text = (value: string): void => {
    bytes[end] = 0x7f;
    bytes[end + 1] = 0x80 | ((value.length - 0x7f) & 0x7f);
    bytes[end + 2] = (value.length - 0x7f) >> 7;
    end += 3 + bytes.write(value, end + 3, 'latin1');
  };
  const short = (value: string): void => {
    bytes[end] = value.length;
    end += 1 + bytes.write(value, end + 1, 'latin1');
  };
  for (const [name, value] of fields) {
    bytes[end] = 0;
    end += 1;
    for (const part of [name, value]) (part.length < 0x7f ? short : text)(part);
  }
  assert.ok(new HpackDecoder().decode(bytes, 0, end, visitor));
}

function build(
  fields: Pairs,
  builder = new RequestHeadBuilder(defaultHeadLimits),
): { verdict: string; head: RequestHead } {
  decode(fields, builder);
  return builder.finish(99);
}

const start: Pairs = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/a?b'],
  [':authority', 'Example.test:8443'],
];
const without = (name: string): Pairs => start.filter((field) => field[0] !== name);

/** Fields that spoil a request, behind those of `start` unless they are whole by themselves. */
const malformed: readonly (readonly [name: string, fields: Pairs])[] = [
  ['no :method', without(':method')],
  ['no :scheme', without(':scheme')],
  ['no :path', without(':path')],
  ['an empty :path', [...without(':path'), [':path', '']]],
  ['a blank in :path', [...without(':path'), [':path', '/a b']]],
  ['an empty :method', [...without(':method'), [':method', '']]],
  ['a :method that is no token', [...without(':method'), [':method', 'G T']]],
  ['an empty :scheme', [...without(':scheme'), [':scheme', '']]],
  ['two :method', [...start, [':method', 'GET']]],
  ['two :scheme', [...start, [':scheme', 'https']]],
  ['two :path', [...start, [':path', '/']]],
  ['two :authority', [...start, [':authority', 'example.test']]],
  ['an unknown pseudo-header', [...start, [':magic', 'x']]],
  ['a pseudo-header of responses', [...start, [':status', '200']]],
  ['a pseudo-header behind a header', [['a', 'b'], ...start]],
  ['user information', [...without(':authority'), [':authority', 'me@example.test']]],
  ['another Host', [...start, ['host', 'other.test']]],
  ['two Host', [...without(':authority'), ['host', 'a.test'], ['host', 'a.test']]],
  ['a capital in a name', [...start, ['X-a', 'b']]],
  ['a blank in a name', [...start, ['x a', 'b']]],
  ['a colon in a name', [...start, ['x:a', 'b']]],
  ['an empty name', [...start, ['', 'b']]],
  ['a CR in a value', [...start, ['a', 'b\rc']]],
  ['an LF in a value', [...start, ['a', 'b\nc']]],
  ['a NUL in a value', [...start, ['a', 'b\0c']]],
  ['a blank before a value', [...start, ['a', ' b']]],
  ['a tab behind a value', [...start, ['a', 'b\t']]],
  ['Connection', [...start, ['connection', 'close']]],
  ['Keep-Alive', [...start, ['keep-alive', 'timeout=5']]],
  ['Proxy-Connection', [...start, ['proxy-connection', 'close']]],
  ['Transfer-Encoding', [...start, ['transfer-encoding', 'chunked']]],
  ['Upgrade', [...start, ['upgrade', 'h2c']]],
  ['TE other than trailers', [...start, ['te', 'gzip']]],
  ['TE with more than trailers', [...start, ['te', 'trailers, gzip']]],
  ['two Content-Length', [...start, ['content-length', '1'], ['content-length', '1']]],
  ['Content-Length +2', [...start, ['content-length', '+2']]],
  ['Content-Length 2, 2', [...start, ['content-length', '2, 2']]],
  ['an empty Content-Length', [...start, ['content-length', '']]],
  ['CONNECT with a path', [[':method', 'CONNECT'], ...without(':method')]],
  ['CONNECT without an authority', [[':method', 'CONNECT']]],
];

describe('RequestHeadBuilder', () => {
  it('makes the head that HTTP/1 would have made', () => {
    const { verdict, head } = build([
      ...start,
      ['cookie', 'a=b'],
      ['user-agent', 'x'],
      ['te', 'trailers'],
      ['cookie', 'c=d'],
      ['x-forwarded-for', '1.1.1.1'],
      ['x-forwarded-for', '2.2.2.2'],
      ['x-forwarded-proto', 'http'],
      ['proxy', 'evil'],
      ['content-length', '12'],
      ['expect', '100-continue'],
      ['x-other', 'ÿ'],
    ]);
    assert.equal(verdict, 'request');
    assert.deepEqual(Object.assign({}, head, { namesLow: 0, namesHigh: 0 }), {
      method: 'GET',
      target: '/a?b',
      namesLow: 0,
      namesHigh: 0,
      minor: 1,
      block:
        '\nhost: Example.test:8443\r\nuser-agent: x\r\nte: trailers\r\nx-forwarded-for: 1.1.1.1\r\n' +
        'x-forwarded-for: 2.2.2.2\r\nx-forwarded-proto: http\r\nproxy: evil\r\ncontent-length: 12\r\n' +
        'expect: 100-continue\r\nx-other: ÿ\r\ncookie: a=b; c=d\r\n',
      untouched: 'user-agent: x\r\nx-other: ÿ\r\ncookie: a=b; c=d\r\n',
      host: 'Example.test:8443',
      contentLength: 12,
      chunked: false,
      keepAlive: true,
      connectionUpgrade: false,
      upgrade: undefined,
      expectContinue: true,
      teTrailers: true,
      nominated: undefined,
      via: undefined,
      forwardedFor: '1.1.1.1, 2.2.2.2',
      forwardedProto: 'http',
      forwardedHost: undefined,
      forwardedPort: undefined,
      forwardedPath: undefined,
      forwardedPrefix: undefined,
      realIp: undefined,
      size: 99,
    });
  });

  for (const [name, fields] of malformed) {
    it(`calls ${name} malformed`, () => assert.equal(build(fields).verdict, 'malformed'));
  }

  const others: readonly (readonly [name: string, fields: Pairs, verdict: string])[] = [
    ['no host at all', without(':authority'), 'bad'],
    ['an empty authority', [...without(':authority'), [':authority', '']], 'bad'],
    ['Host alone', [...without(':authority'), ['host', 'a.test']], 'request'],
    ['Host beside the same authority', [...start, ['host', 'example.TEST:8443']], 'request'],
    [
      'CONNECT',
      [
        [':method', 'CONNECT'],
        [':authority', 'a.test:443'],
      ],
      'request',
    ],
    ['a long path', [...without(':path'), [':path', `/${'a'.repeat(8300)}`]], 'tooLong'],
    ['a long header', [...start, ['a', 'b'.repeat(8300)]], 'tooLarge'],
    ['long headers', [...start, ...Array.from({ length: 5 }, () => ['a', 'b'.repeat(7000)] as const)], 'tooLarge'],
    ['many headers', [...start, ...Array.from({ length: 1001 }, () => ['a', 'b'] as const)], 'tooLarge'],
    ['a long authority', [...without(':authority'), [':authority', 'a'.repeat(8300)]], 'tooLarge'],
  ];
  for (const [name, fields, verdict] of others) {
    it(`calls ${name} ${verdict}`, () => {
      const built = build(fields);
      assert.equal(built.verdict, verdict);
      assert.equal(built.head.size, verdict === 'request' ? 99 : 0);
    });
  }

  it('starts anew after each block', () => {
    const builder = new RequestHeadBuilder(defaultHeadLimits);
    build([...start, ['connection', 'close'], ['cookie', 'a=b'], ['content-length', '3']], builder);
    const { verdict, head } = build(start, builder);
    assert.equal(verdict, 'request');
    assert.equal(head.block, '\nhost: Example.test:8443\r\n');
    assert.equal(head.contentLength, -1);
  });
});

describe('TrailerFields', () => {
  const cases: readonly (readonly [fields: Pairs, isMalformed: boolean])[] = [
    [[['a', 'b']], false],
    [[[':path', '/']], true],
    [[['A', 'b']], true],
    [[['connection', 'close']], true],
  ];
  for (const [fields, isMalformed] of cases) {
    it(`${isMalformed ? 'refuses' : 'takes'} ${fields[0]!.join(': ')}`, () => {
      const check = new TrailerFields();
      decode(fields, check);
      assert.equal(check.isMalformed, isMalformed);
    });
  }
});
