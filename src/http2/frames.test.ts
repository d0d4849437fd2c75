import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkPool } from './chunk-pool.ts';
import type { Field } from './field.ts';
import { FrameReader } from './frame-reader.ts';
import { FrameWriter } from './frame-writer.ts';
import { ErrorCode, preface } from './frames.ts';
import { HpackDecoder } from './hpack-decoder.ts';
import { HpackEncoder } from './hpack-encoder.ts';
import { LineCache } from './line-cache.ts';
import { createPeerSettings, readSettings } from './settings.ts';

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly hex: string;
}

/** Reads bytes in pieces that end at `cuts`; returns the frames and what came of it. */
function read(bytes: Buffer, cuts: readonly number[] = []): { frames: Frame[]; outcome: string } {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  let outcome = 'more';
  const sink = {
    onFrame(type: number, flags: number, stream: number, from: Buffer, start: number, end: number): boolean {
      frames.push({ type, flags, stream, hex: from.toString('hex', start, end) });
      return true;
    },
  };
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    if (outcome !== 'more') break;
    // A buffer that is overwritten afterwards, as that of a socket is.
    const piece = Buffer.from(bytes.subarray(at, cut));
    outcome = reader.push(piece, piece.length, sink);
    piece.fill(0xee);
    at = cut;
  }
  return { frames, outcome };
}

function createWriter(): FrameWriter {
  return new FrameWriter(new ChunkPool(), new HpackEncoder(new LineCache()));
}

function written(writer: FrameWriter): Buffer {
  return Buffer.concat(writer.take().map(({ bytes, end }) => bytes.subarray(0, end)));
}

function framesOf(writer: FrameWriter): Frame[] {
  return read(Buffer.concat([preface, written(writer)])).frames;
}

describe('FrameWriter', () => {
  const control: readonly (readonly [name: string, write: (writer: FrameWriter) => void, frame: Frame])[] = [
    [
      'SETTINGS',
      (w) =>
        w.settings([
          [3, 128],
          [6, 32_768],
        ]),
      { type: 4, flags: 0, stream: 0, hex: '000300000080000600008000' },
    ],
    ['SETTINGS ack', (w) => w.settingsAck(), { type: 4, flags: 1, stream: 0, hex: '' }],
    [
      'PING',
      (w) => w.ping(false, Buffer.from('12345678'), 0),
      { type: 6, flags: 0, stream: 0, hex: '3132333435363738' },
    ],
    [
      'PING ack',
      (w) => w.ping(true, Buffer.from('x12345678'), 1),
      { type: 6, flags: 1, stream: 0, hex: '3132333435363738' },
    ],
    [
      'GOAWAY',
      (w) => w.goaway(5, ErrorCode.enhanceYourCalm),
      { type: 7, flags: 0, stream: 0, hex: '000000050000000b' },
    ],
    ['WINDOW_UPDATE', (w) => w.windowUpdate(7, 65_536), { type: 8, flags: 0, stream: 7, hex: '00010000' }],
    ['RST_STREAM', (w) => w.rstStream(0x7fff_ffff, 8), { type: 3, flags: 0, stream: 0x7fff_ffff, hex: '00000008' }],
    ['a head', (w) => w.head(1, 200, '', 5), { type: 1, flags: 4, stream: 1, hex: '880f0d0135' }],
    ['trailers', (w) => w.trailers(1, 'A: b\r\n'), { type: 1, flags: 5, stream: 1, hex: '0001610162' }],
  ];
  for (const [name, write, frame] of control) {
    it(`writes ${name}`, () => {
      const writer = createWriter();
      write(writer);
      assert.deepEqual(framesOf(writer), [frame]);
    });
  }

  it('ends a stream with the frame that waits, and joins runs of one body', () => {
    const writer = createWriter();
    writer.head(1, 200, '', 4);
    writer.text(1, 'ab');
    writer.bytes(1, Buffer.from('xcdx'), 1, 3);
    writer.endStream(1);
    writer.head(3, 204, '');
    writer.endStream(3);
    assert.deepEqual(framesOf(writer), [
      { type: 1, flags: 4, stream: 1, hex: '880f0d0134' },
      { type: 0, flags: 1, stream: 1, hex: Buffer.from('abcd').toString('hex') },
      { type: 1, flags: 5, stream: 3, hex: '89' },
    ]);
  });

  it('ends a stream with a frame of its own once the last one has left', () => {
    const writer = createWriter();
    writer.text(1, 'ab');
    written(writer);
    writer.endStream(1);
    writer.text(3, 'ab');
    writer.text(5, 'cd');
    writer.endStream(3);
    assert.deepEqual(
      framesOf(writer).map(({ type, flags, stream }) => [type, flags, stream]),
      [
        [0, 1, 1],
        [0, 0, 3],
        [0, 0, 5],
        [0, 1, 3],
      ],
    );
  });

  for (const size of [9000, 20_000, 50_000]) {
    it(`cuts a block of ${size} bytes into frames`, () => {
      const writer = createWriter();
      writer.ping(true, Buffer.alloc(8), 0);
      writer.head(1, 200, `X-Long: ${'\u00fe'.repeat(size)}\r\n`);
      writer.endStream(1);
      const [, ...frames] = framesOf(writer);
      const heads = frames.filter(({ type }) => type === 1 || type === 9);
      assert.deepEqual(
        heads.map(({ type }) => type),
        [1, ...heads.slice(1).map(() => 9)],
      );
      assert.ok(heads.every(({ hex }) => hex.length / 2 <= 16_384));
      assert.deepEqual(
        heads.map(({ flags }) => flags & 4),
        heads.map((_, at) => (at === heads.length - 1 ? 4 : 0)),
      );
      const block = Buffer.from(heads.map(({ hex }) => hex).join(''), 'hex');
      const fields: string[] = [];
      const onField = ({ name, value }: Field): void => void fields.push(`${name} ${value.length}`);
      assert.ok(new HpackDecoder().decode(block, 0, block.length, { onField }));
      assert.deepEqual(fields, [':status 3', `x-long ${size}`]);
    });
  }

  it('gathers any bodies whole, in frames that everybody takes', () => {
    const part = fc.record({
      stream: fc.constantFrom(1, 3),
      length: fc.integer({ min: 1, max: 16_384 }),
      isText: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
        const writer = createWriter();
        const sent: { [stream: number]: string } = { 1: '', 3: '' };
        parts.forEach(({ stream, length, isText }, index) => {
          const text = String.fromCharCode(97 + (index % 26)).repeat(length);
          if (isText) writer.text(stream, text);
          else writer.bytes(stream, Buffer.from(text), 0, length);
          sent[stream] += text;
        });
        const pending = writer.pending;
        const bytes = written(writer);
        assert.equal(bytes.length, pending);
        const got: { [stream: number]: string } = { 1: '', 3: '' };
        for (const { stream, hex } of read(Buffer.concat([preface, bytes])).frames) {
          assert.ok(hex.length <= 32_768);
          got[stream] += Buffer.from(hex, 'hex').toString();
        }
        assert.deepEqual(got, sent);
      }),
      { numRuns: 60, seed: 9113 },
    );
  });
});

describe('FrameReader', () => {
  it('reads the same frames however the bytes are cut', () => {
    const writer = createWriter();
    writer.settings([]);
    writer.head(1, 200, `A: ${'b'.repeat(100)}\r\n`);
    writer.text(1, 'x'.repeat(3000));
    writer.ping(true, Buffer.from('12345678'), 0);
    writer.text(3, 'y'.repeat(16_384));
    writer.endStream(5);
    const bytes = Buffer.concat([preface, written(writer)]);
    const whole = read(bytes);
    assert.equal(whole.frames.length, 6);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 60 }), (cuts) => {
        assert.deepEqual(
          read(
            bytes,
            cuts.toSorted((a, b) => a - b),
          ),
          whole,
        );
      }),
      { numRuns: 200, seed: 9113 },
    );
    assert.deepEqual(
      read(
        bytes,
        Array.from({ length: 400 }, (_, at) => at),
      ),
      whole,
    );
  });

  const bad: readonly (readonly [name: string, hex: string, cuts: readonly number[], outcome: string])[] = [
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n').toString('hex'), [], 'no preface'],
    [
      'a preface that goes wrong late',
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\rX').toString('hex'),
      [3],
      'no preface',
    ],
    ['a frame too large', `${preface.toString('hex')}004001000000000001`, [], 'too large'],
    ['a frame too large in pieces', `${preface.toString('hex')}004001000000000001`, [24, 25, 30], 'too large'],
  ];
  for (const [name, hex, cuts, outcome] of bad) {
    it(`refuses ${name}`, () => assert.equal(read(Buffer.from(hex, 'hex'), cuts).outcome, outcome));
  }

  it('ignores the reserved bit of a stream number', () => {
    const bytes = Buffer.concat([preface, Buffer.from('000000000080000001', 'hex')]);
    assert.deepEqual(read(bytes).frames, [{ type: 0, flags: 0, stream: 1, hex: '' }]);
  });
});

describe('readSettings', () => {
  const usual = {
    headerTableSize: 4096,
    initialWindowSize: 65_535,
    maxFrameSize: 16_384,
    maxConcurrentStreams: Number.POSITIVE_INFINITY,
  };
  const cases: readonly (readonly [name: string, hex: string, code: number, settings: object])[] = [
    ['nothing', '', 0, usual],
    [
      'all of them',
      '0001000000000002000000010003000000050004000000010005004000000006ffffffff',
      0,
      {
        headerTableSize: 0,
        initialWindowSize: 1,
        maxFrameSize: 0x40_0000,
        maxConcurrentStreams: 5,
      },
    ],
    ['the last of several', '000400000001000400000002', 0, { ...usual, initialWindowSize: 2 }],
    ['an unknown one', '00ff00000001', 0, usual],
    ['half a setting', '0001000000', ErrorCode.frameSizeError, usual],
    ['ENABLE_PUSH 2', '000200000002', ErrorCode.protocolError, usual],
    ['a window too large', '000480000000', ErrorCode.flowControlError, usual],
    ['a frame too small', '000500003fff', ErrorCode.protocolError, usual],
    ['a frame too large', '000501000000', ErrorCode.protocolError, usual],
  ];
  for (const [name, hex, code, expected] of cases) {
    it(`takes ${name}`, () => {
      const settings = createPeerSettings();
      const bytes = Buffer.from(hex, 'hex');
      assert.equal(readSettings(settings, bytes, 0, bytes.length), code);
      assert.deepEqual(settings, expected);
    });
  }
});
