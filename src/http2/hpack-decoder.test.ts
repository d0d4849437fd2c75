import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Field } from './field.ts';
import { HpackDecoder } from './hpack-decoder.ts';

type Pair = readonly [string, string];

function decodeWith(decoder: HpackDecoder, hex: string): Pair[] | 'malformed' {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const fields: Pair[] = [];
  const onField = ({ name, value }: Field): void => void fields.push([name, value]);
  return decoder.decode(bytes, 0, bytes.length, { onField }) ? fields : 'malformed';
}

const get: readonly Pair[] = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
];
const cookie = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
const first: readonly Pair[] = [
  [':status', '302'],
  ['cache-control', 'private'],
  ['date', 'Mon, 21 Oct 2013 20:13:21 GMT'],
  ['location', 'https://www.example.com'],
];

/** RFC 7541 appendix C: blocks that one decoder takes one after another, and the table's size after each. */
const examples: readonly {
  readonly name: string;
  readonly limit?: number;
  readonly blocks: readonly { readonly hex: string; readonly fields: readonly Pair[]; readonly size: number }[];
}[] = [
  {
    name: 'C.2.1 literal with indexing',
    blocks: [
      {
        hex: '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
        fields: [['custom-key', 'custom-header']],
        size: 55,
      },
    ],
  },
  {
    name: 'C.2.2 literal without indexing',
    blocks: [{ hex: '040c 2f73 616d 706c 652f 7061 7468', fields: [[':path', '/sample/path']], size: 0 }],
  },
  {
    name: 'C.2.3 literal never indexed',
    blocks: [{ hex: '1008 7061 7373 776f 7264 0673 6563 7265 74', fields: [['password', 'secret']], size: 0 }],
  },
  { name: 'C.2.4 indexed', blocks: [{ hex: '82', fields: [[':method', 'GET']], size: 0 }] },
  {
    name: 'C.3 requests',
    blocks: [
      { hex: '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', fields: get, size: 57 },
      { hex: '8286 84be 5808 6e6f 2d63 6163 6865', fields: [...get, ['cache-control', 'no-cache']], size: 110 },
      {
        hex: '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
        fields: [
          [':method', 'GET'],
          [':scheme', 'https'],
          [':path', '/index.html'],
          [':authority', 'www.example.com'],
          ['custom-key', 'custom-value'],
        ],
        size: 164,
      },
    ],
  },
  {
    name: 'C.4 requests with Huffman codes',
    blocks: [
      { hex: '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', fields: get, size: 57 },
      { hex: '8286 84be 5886 a8eb 1064 9cbf', fields: [...get, ['cache-control', 'no-cache']], size: 110 },
      {
        hex: '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
        fields: [
          [':method', 'GET'],
          [':scheme', 'https'],
          [':path', '/index.html'],
          [':authority', 'www.example.com'],
          ['custom-key', 'custom-value'],
        ],
        size: 164,
      },
    ],
  },
  {
    name: 'C.5 responses, which evict',
    limit: 256,
    blocks: [
      {
        hex:
          '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 ' +
          '3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        fields: first,
        size: 222,
      },
      { hex: '4803 3330 37c1 c0bf', fields: [[':status', '307'], ...first.slice(1)], size: 222 },
      {
        hex:
          '88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 ' +
          '7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 ' +
          '6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31',
        fields: [
          [':status', '200'],
          ['cache-control', 'private'],
          ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
          ['location', 'https://www.example.com'],
          ['content-encoding', 'gzip'],
          ['set-cookie', cookie],
        ],
        size: 215,
      },
    ],
  },
  {
    name: 'C.6 responses with Huffman codes, which evict',
    limit: 256,
    blocks: [
      {
        hex:
          '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad ' +
          '1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
        fields: first,
        size: 222,
      },
      { hex: '4883 640e ffc1 c0bf', fields: [[':status', '307'], ...first.slice(1)], size: 222 },
      {
        hex:
          '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 ' +
          'e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
        fields: [
          [':status', '200'],
          ['cache-control', 'private'],
          ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
          ['location', 'https://www.example.com'],
          ['content-encoding', 'gzip'],
          ['set-cookie', cookie],
        ],
        size: 215,
      },
    ],
  },
];

/** Blocks that no encoder may send. */
const malformed: readonly (readonly [name: string, hex: string])[] = [
  ['index 0', '80'],
  ['an index beyond the tables', 'be'],
  ['a name beyond the tables', '7f 00 01 61'],
  ['an index that does not end', 'ff'],
  ['an index that goes on for ever', 'ff ff ff ff ff ff ff ff 01'],
  ['a name that is cut off', '40 05 61'],
  ['a value that is missing', '40 01 61'],
  ['a value that is cut off', '40 01 61 03 62'],
  ['a size beyond the limit', '3f e2 1f'],
  ['a size behind a field', '82 20'],
  ['Huffman padding of zeros', '40 01 61 81 18'],
  ['Huffman padding of eight bits', '40 01 61 82 1f ff'],
  ['EOS in a Huffman code', '40 01 61 84 ff ff ff ff'],
];

describe('HpackDecoder', () => {
  for (const { name, limit, blocks } of examples) {
    it(`decodes RFC 7541 ${name}`, () => {
      const decoder = new HpackDecoder(limit);
      const seen = blocks.map(({ hex }) => ({ hex, fields: decodeWith(decoder, hex), size: decoder.size }));
      assert.deepEqual(seen, blocks);
    });
  }

  for (const [name, hex] of malformed) {
    it(`refuses ${name}`, () => assert.equal(decodeWith(new HpackDecoder(), hex), 'malformed'));
  }

  it('empties the table when its size is set to nothing, and grows it again', () => {
    const decoder = new HpackDecoder();
    decodeWith(decoder, '40 01 61 01 62');
    assert.deepEqual(decodeWith(decoder, '20 3f e1 1f 82'), [[':method', 'GET']]);
    assert.deepEqual(decoder.entries, []);
    decodeWith(decoder, '40 01 61 01 62');
    assert.equal(decoder.size, 34);
  });

  it('takes a field larger than the table, which it empties', () => {
    const decoder = new HpackDecoder(64);
    decodeWith(decoder, '40 01 61 01 62');
    const value = Buffer.alloc(40, 'x');
    assert.deepEqual(decodeWith(decoder, `40 01 63 28 ${value.toString('hex')}`), [['c', value.toString()]]);
    assert.equal(decoder.size, 0);
  });
});
