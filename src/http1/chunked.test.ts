import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkedFault, createChunkedDecoder } from './chunked.ts';

interface Decoded {
  readonly body: string;
  readonly trailers: string;
  readonly isDone: boolean;
  /** Bytes that were used. */
  readonly used: number;
}

/** Decodes bytes that arrive cut at the given offsets. */
function decode(text: string, cuts: readonly number[] = []): Decoded {
  const bytes = Buffer.from(text, 'latin1');
  const decoder = createChunkedDecoder();
  let body = '';
  let used = 0;
  let from = 0;
  for (const to of [...new Set(cuts), bytes.length].filter((at) => at <= bytes.length).sort((a, b) => a - b)) {
    if (decoder.done) break;
    used = decoder.push(bytes, from, to, (start, end) => {
      body += bytes.toString('latin1', start, end);
    });
    from = to;
  }
  return { body, trailers: decoder.trailers, isDone: decoder.done, used };
}

const accepted: readonly (readonly [title: string, bytes: string, body: string, trailers?: string])[] = [
  ['an empty body', '0\r\n\r\n', ''],
  ['one chunk', '5\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['several chunks', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', 'abc'],
  ['sizes in hexadecimal of either case', 'a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789'],
  ['leading noughts', '0005\r\nhello\r\n000\r\n\r\n', 'hello'],
  ['CRLF in the body', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n'],
  ['extensions, which are dropped', '5;a=b;c="d e"\r\nhello\r\n0;x\r\n\r\n', 'hello'],
  ['a blank before an extension', '5 ; a\r\nhello\r\n0\r\n\r\n', 'hello'],
  ['a size filled up with blanks', '5  \t\r\nhello\r\n0 \r\n\r\n', 'hello'],
  ['trailers', '1\r\na\r\n0\r\nA: b\r\nC:d\r\n\r\n', 'a', 'A: b\r\nC:d\r\n'],
];

const refused: readonly (readonly [title: string, bytes: string])[] = [
  ['no size', '\r\n\r\n'],
  ['an extension without a size', ';a\r\n'],
  ['a size that is no number', 'x\r\n'],
  ['a size with 0x', '0x5\r\nhello\r\n'],
  ['a size with a sign', '+5\r\nhello\r\n'],
  ['a size below zero', '-5\r\nhello\r\n'],
  ['a blank before the size', ' 5\r\nhello\r\n'],
  ['two sizes', '5 5\r\nhello\r\n'],
  ['a word behind a blank', '5 a=b\r\nhello\r\n'],
  ['blanks without end', `5${' '.repeat(5000)}`],
  ['a size with an underscore', '1_0\r\n'],
  ['a size of more than twelve digits', '1000000000000\r\n'],
  ['noughts without end', `${'0'.repeat(13)}`],
  ['a size line that ends in LF', '5\nhello\r\n'],
  ['CR without LF behind the size', '5\rhello'],
  ['a bare LF in an extension', '5;a\nhello'],
  ['NUL in an extension', '5;\x00\r\n'],
  ['an extension without end', `5;${'a'.repeat(5000)}`],
  ['a chunk that is longer than its size', '4\r\nhello\r\n'],
  ['a chunk that ends in LF', '5\r\nhello\n0\r\n\r\n'],
  ['CR CR LF behind a chunk', '5\r\nhello\r\r\n'],
  ['a trailer that is no header', '0\r\nhello\r\n\r\n'],
  ['a trailer with a blank before its colon', '0\r\nA : b\r\n\r\n'],
  ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n'],
  ['a control character in a trailer', '0\r\nA: \x01\r\n\r\n'],
  ['a bare LF in a trailer', '0\r\nA: b\nC: d\r\n\r\n'],
  ['trailers without end', `0\r\n${'A: b\r\n'.repeat(2000)}`],
  ['an end that is a bare LF', '0\r\n\n'],
  ['bytes in place of the last LF', '0\r\n\rx'],
];

describe('createChunkedDecoder', () => {
  for (const [title, bytes, body, trailers = ''] of accepted) {
    it(`reads ${title}`, () => {
      assert.deepEqual(decode(bytes), { body, trailers, isDone: true, used: bytes.length });
    });
  }

  it('reads the same, wherever it is cut', () => {
    for (const [title, bytes, body, trailers = ''] of accepted) {
      for (let at = 1; at < bytes.length; at += 1) {
        assert.deepEqual(
          decode(bytes, [at]),
          { body, trailers, isDone: true, used: bytes.length },
          `${title} cut at ${at}`,
        );
      }
    }
  });

  for (const [title, bytes] of refused) {
    it(`refuses ${title}`, () => {
      assert.throws(() => decode(bytes), ChunkedFault);
      const cuts = Array.from({ length: Math.min(bytes.length, 200) }, (_, at) => at + 1);
      assert.throws(() => decode(bytes, cuts), ChunkedFault);
    });
  }

  it('leaves what follows the body alone', () => {
    const text = '1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n';
    assert.deepEqual(decode(text), { body: 'a', trailers: '', isDone: true, used: 11 });
  });

  it('is not done while anything is missing', () => {
    const text = '5\r\nhello\r\n0\r\nA: b\r\n\r\n';
    for (let at = 0; at < text.length; at += 1) assert.equal(decode(text.slice(0, at)).isDone, false, `cut at ${at}`);
  });

  it('reads back any body, chunked in any way and cut in any way', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
    const extension = fc.constantFrom('', ';a', ';a=b', ' ;c="d"');
    fc.assert(
      fc.property(chunks, extension, fc.array(fc.nat(7000), { maxLength: 30 }), (parts, suffix, cuts) => {
        const texts = parts.map((part) => Buffer.from(part).toString('latin1'));
        const wire = `${texts.map((text) => `${text.length.toString(16)}${suffix}\r\n${text}\r\n`).join('')}0\r\n\r\n`;
        assert.deepEqual(decode(wire, cuts), { body: texts.join(''), trailers: '', isDone: true, used: wire.length });
      }),
      { numRuns: 300 },
    );
  });

  it('judges any bytes alike, at once and one by one', () => {
    const piece = fc.constantFrom('0', '1', '5', 'a', '\r\n', '\r', '\n', ';', 'hello', ' ', 'A: b', '\x00');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const wire = pieces.join('');
        const one = outcome(() => decode(wire));
        const many = outcome(() =>
          decode(
            wire,
            Array.from({ length: wire.length }, (_, at) => at),
          ),
        );
        assert.deepEqual(many, one);
      }),
      { numRuns: 1000 },
    );
  });
});

function outcome(work: () => Decoded): Pick<Decoded, 'body' | 'isDone'> | string {
  try {
    const { body, isDone } = work();
    return { body, isDone };
  } catch (fault) {
    return (fault as Error).name;
  }
}
