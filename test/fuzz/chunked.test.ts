import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { ChunkedFault, createChunkedDecoder } from '../../src/http1/index.ts';
import { fuzzPlan } from '../support/fuzz.ts';
import { createLlhttp } from './llhttp.ts';
import { splice, splices } from './splices.ts';

/** The decoder of chunked bodies against one that is as plain as the grammar, and against llhttp. */
const { runs, seed } = fuzzPlan(4000, 20_260_203);

type Outcome =
  | { readonly kind: 'done'; readonly body: string; readonly trailers: string; readonly used: number }
  | { readonly kind: 'more' | 'refused' };

/** RFC 9112 section 7.1 by regular expressions over the whole text; it knows no limits of length. */
function decodeNaively(text: string): Outcome {
  let at = 0;
  let body = '';
  for (;;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end === -1 ? undefined : end + 1);
    if (end === -1) {
      return { kind: /^(?:[0-9a-f]{1,12}(?:[ \t]*(?:;[\t\x20-\xff]*)?\r?)?)?$/i.test(line) ? 'more' : 'refused' };
    }
    // Old servers fill sizes up with blanks.
    const size = /^([0-9a-f]{1,12})[ \t]*(?:;[\t\x20-\xff]*)?\r\n$/i.exec(line);
    if (size === null) return { kind: 'refused' };
    at = end + 1;
    const length = Number.parseInt(size[1]!, 16);
    if (length === 0) break;
    const part = text.slice(at, at + length);
    const behind = text.slice(at + length, at + length + 2);
    if (!'\r\n'.startsWith(behind)) return { kind: 'refused' };
    if (part.length < length || behind.length < 2) return { kind: 'more' };
    body += part;
    at += length + 2;
  }
  let trailers = '';
  for (;;) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end === -1 ? undefined : end + 1);
    if (end === -1) {
      const isPart = /^(?:\r|[\t\x20-\x7e\x80-\xff]*|[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r?)$/.test(
        line,
      );
      // Ours looks at a trailer as a whole, once its line is over.
      return { kind: isPart || /^[\t\x20-\x7e\x80-\xff]*\r$/.test(line) ? 'more' : 'refused' };
    }
    at = end + 1;
    if (line === '\r\n') return { kind: 'done', body, trailers, used: at };
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n$/.test(line)) return { kind: 'refused' };
    trailers += line;
  }
}

function decode(text: string, cuts: readonly number[]): Outcome {
  const bytes = Buffer.from(text, 'latin1');
  const decoder = createChunkedDecoder();
  let body = '';
  let used = 0;
  let from = 0;
  try {
    for (const to of [...cuts.filter((cut) => cut < bytes.length), bytes.length].sort((a, b) => a - b)) {
      if (decoder.done) break;
      used = decoder.push(bytes, from, to, (start, end) => {
        body += bytes.toString('latin1', start, end);
      });
      from = to;
    }
  } catch (fault) {
    if (fault instanceof ChunkedFault) return { kind: 'refused' };
    throw fault;
  }
  return decoder.done ? { kind: 'done', body, trailers: decoder.trailers, used } : { kind: 'more' };
}

const extension = fc.constantFrom('', '', '', ';a', ';a=b', ' ;c="d"', ' ', '\t ;x');
const chunk = fc
  .tuple(fc.string({ minLength: 1, maxLength: 20, unit: 'binary-ascii' }), extension, fc.nat(3))
  .map(([data, suffix, noughts]) => `${'0'.repeat(noughts)}${data.length.toString(16)}${suffix}\r\n${data}\r\n`);
const trailer = fc.constantFrom('A: b\r\n', 'C:\r\n', 'X-Sum: "1"\t\r\n');
const grammatical = fc
  .tuple(
    fc.array(chunk, { maxLength: 5 }),
    extension,
    fc.array(trailer, { maxLength: 2 }),
    fc.constantFrom('', 'GET / H'),
  )
  .map(([chunks, suffix, trailers, behind]) => `${chunks.join('')}0${suffix}\r\n${trailers.join('')}\r\n${behind}`);
const words = ['5\r\nhello\r\n', '0\r\n', '\r\n\r\n', 'fffffffff', '0x', '-', '; ', 'A: b\r\n', ' 5', '5 5'];
const texts = fc.tuple(grammatical, splices(words)).map(([text, changes]) => splice(text, changes));
const cuts = fc.array(fc.nat(200), { maxLength: 8 });

/** What ours takes on purpose although llhttp refuses it; every one is framed anew before it goes on. */
const allowed: readonly { readonly what: string; readonly why: string; readonly pattern: RegExp }[] = [
  {
    what: 'blanks behind a size',
    why: 'RFC 9112 section 7.1.1 lets them stand before an extension, and old servers fill up sizes; the size is the same',
    pattern: /[0-9a-f][ \t]+(?:;|\r\n)/i,
  },
  {
    what: 'extensions that are not of the grammar',
    why: 'they are dropped unread, up to the end of their line',
    pattern: /[0-9a-f][ \t]*;[\t\x20-\xff]*\r\n/i,
  },
];

describe('chunked bodies', () => {
  const llhttp = createLlhttp();
  after(() => llhttp.close());

  it('are read as the plain decoder reads them, wherever they are cut', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(texts, cuts, (text, at) => {
        const expected = decodeNaively(text);
        kinds.set(expected.kind, (kinds.get(expected.kind) ?? 0) + 1);
        const outcome = decode(text, at);
        // A fault that is still to come may be seen early by one and late by the other.
        if (expected.kind === 'done' || outcome.kind === 'done') assert.deepEqual(outcome, expected);
        else if (outcome.kind === 'refused') assert.equal(expected.kind, 'refused', JSON.stringify(text));
        assert.deepEqual(decode(text, []), outcome);
      }),
      { numRuns: runs, seed },
    );
    assert.ok([...kinds.values()].every((count) => count > runs / 50) && kinds.size === 3);
  });

  it('are not taken where llhttp refuses them, but for what is listed', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    let agreed = 0;
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const outcome = decode(text, []);
        if (outcome.kind !== 'done') return;
        const wire = Buffer.from(head + text.slice(0, outcome.used), 'latin1');
        const verdict = await llhttp.judgeRequest(wire);
        const body = verdict.ok ? await verdict.body.catch(() => undefined) : undefined;
        if (body === undefined) {
          assert.ok(
            allowed.some(({ pattern }) => pattern.test(text)),
            `llhttp refuses what ours took: ${JSON.stringify(text)}`,
          );
        } else {
          agreed += 1;
          assert.equal(outcome.body, body);
        }
      }),
      { numRuns: Math.ceil(runs / 4), seed },
    );
    assert.ok(agreed > runs / 50, `only ${agreed} bodies were compared`);
  });
});
