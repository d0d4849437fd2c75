import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ErrorCode, type Field, FrameReader, HpackDecoder, preface } from '../../src/http2/index.ts';
import { fuzzParameters } from '../support/fuzz.ts';

/** Header blocks that are mostly sound, with bytes changed, cut out and repeated. */
const seeds = [
  '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
  '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
  '3fe1 1f20 400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572 be',
].map((hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex'));

const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 4 }), fc.nat(40))
  .map(([seed, changes, cut]) => {
    const bytes = Buffer.concat([seed, seed.subarray(cut % seed.length)]);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    return bytes;
  });
const blocks = fc.oneof(
  mutated,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

describe('HPACK against anything', () => {
  it('never throws, never grows beyond its table, and says the same twice', () => {
    fc.assert(
      fc.property(fc.array(blocks, { maxLength: 8 }), (list) => {
        const run = (): string => {
          const decoder = new HpackDecoder();
          let text = '';
          const onField = ({ name, value }: Field): void => {
            text += `${name}=${value};`;
          };
          for (const block of list) {
            text += `${decoder.decode(block, 0, block.length, { onField })} `;
            assert.ok(decoder.size <= 4096);
            assert.equal(
              decoder.entries.reduce((sum, { size }) => sum + size, 0),
              decoder.size,
            );
          }
          return text;
        };
        assert.equal(run(), run());
      }),
      fuzzParameters(3000, 7541),
    );
  });

  it('calls nothing sound that could break a line of HTTP/1', () => {
    fc.assert(
      fc.property(blocks, (block) => {
        const onField = ({ name, value, isSound }: Field): void => {
          if (isSound) assert.doesNotMatch(`${name}${value}`, /[\0\r\n]/);
        };
        assert.equal(typeof new HpackDecoder().decode(block, 0, block.length, { onField }), 'boolean');
      }),
      fuzzParameters(3000, 7542),
    );
  });
});

describe('frames against anything', () => {
  it('are cut the same way wherever the reads end, and never beyond what was read', () => {
    const frames = fc.array(
      fc.tuple(fc.nat(40), fc.nat(300), fc.uint8Array({ maxLength: 60 })).map(([type, length, bytes]) => {
        const head = Buffer.from([0, length >> 8, length & 255, type, bytes[0] ?? 0, 0, 0, 0, 1]);
        return Buffer.concat([head, bytes]);
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(frames, fc.array(fc.nat(900), { maxLength: 20 }), (parts, cuts) => {
        const bytes = Buffer.concat([preface, ...parts]);
        const run = (at: readonly number[]): string => {
          const reader = new FrameReader();
          let text = '';
          const sink = {
            onFrame(type: number, flags: number, stream: number, from: Buffer, start: number, end: number): boolean {
              assert.ok(start <= end && end <= from.length);
              text += `${type} ${flags} ${stream} ${from.toString('hex', start, end)};`;
              return true;
            },
          };
          let from = 0;
          for (const cut of [...at, bytes.length]) {
            const piece = Buffer.from(bytes.subarray(from, cut));
            if (cut <= from && cut !== bytes.length) continue;
            const outcome = reader.push(piece, piece.length, sink);
            from = cut;
            if (outcome !== 'more') return `${text}${outcome}`;
          }
          return text;
        };
        assert.equal(run(cuts.toSorted((a, b) => a - b)), run([]));
      }),
      fuzzParameters(2000, 9113),
    );
    assert.equal(ErrorCode.frameSizeError, 6);
  });
});
