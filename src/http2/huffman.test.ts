import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { huffmanDecode, huffmanEncode, huffmanSize } from './huffman.ts';

/** Codes out of RFC 7541 appendix B and C, padded. */
const codes: readonly (readonly [text: string, hex: string])[] = [
  ['', ''],
  ['0', '07'],
  ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
  ['no-cache', 'a8eb10649cbf'],
  ['302', '6402'],
  ['\u0000', 'ffc7'],
  ['\\', 'fffe1f'],
  ['\n', 'fffffff3'],
  ['ÿ', 'fffffbbf'],
];

describe('Huffman codes', () => {
  for (const [text, hex] of codes) {
    it(`codes ${JSON.stringify(text)}`, () => {
      const into = Buffer.alloc(16);
      assert.equal(into.toString('hex', 0, huffmanEncode(text, into, 0)), hex);
      assert.equal(huffmanSize(text), hex.length / 2);
      const bytes = Buffer.from(hex, 'hex');
      assert.equal(into.toString('latin1', 0, huffmanDecode(bytes, 0, bytes.length, into)), text);
    });
  }

  it('decodes what it encodes, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
        const text = Buffer.from(given).toString('latin1');
        const coded = Buffer.alloc(given.length * 4 + 8);
        const end = huffmanEncode(text, coded, 3);
        assert.equal(end - 3, huffmanSize(text));
        const into = Buffer.alloc(end * 2);
        assert.equal(into.toString('latin1', 0, huffmanDecode(coded, 3, end, into)), text);
      }),
      { numRuns: 300, seed: 7541 },
    );
  });
});
