import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultHeadLimits, forEachHeader, parseResponseHead, ResponseHead } from '../../src/http1/index.ts';
import { fuzzPlan } from '../support/fuzz.ts';
import { createLlhttp } from './llhttp.ts';
import { splice, splices } from './splices.ts';

/** Heads of answers against llhttp as Node's client has it: what ours takes, llhttp takes too and understands alike. */
const { runs, seed } = fuzzPlan(2000, 20_260_202);

/** What ours takes although llhttp refuses it. */
const allowed: readonly { readonly what: string; readonly why: string; readonly applies: (text: string) => boolean }[] =
  [
    {
      what: 'HTTP/1.2 to HTTP/1.9',
      why: 'RFC 9110 section 2.5: a later minor version is understood by those who know an earlier one',
      applies: (text) => /^HTTP\/1\.[2-9]/.test(text),
    },
  ];

const bases = [
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\nServer: x\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nDate:Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n',
  'HTTP/1.1 204 \r\nSet-Cookie: a=b\r\nSet-Cookie:  c=d \t\r\nConnection: close, x-hop\r\n\r\n',
  'HTTP/1.1 500 Internal Server Error\r\n\r\nhello',
];
const words = [
  ...['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: x\r\n', 'Upgrade: h2c\r\n'],
  ...['chunked, ', 'gzip, ', '2, ', 'HTTP/1.1', ' 200 ', '\r\n ', '\r\n\t', '\r\nX : y', '\r\n\r\n'],
];

describe('heads of answers, against llhttp', () => {
  const llhttp = createLlhttp();
  after(() => llhttp.close());

  it('what ours takes, llhttp takes and understands alike', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), splices(words), async (base, changes) => {
        const text = splice(base, changes);
        const bytes = Buffer.from(text, 'latin1');
        const head = new ResponseHead();
        const next = parseResponseHead(bytes, 0, bytes.length, head, defaultHeadLimits);
        // Node's client keeps interim answers and switches of protocols to itself.
        if (next <= 0 || head.status < 200) return;
        const verdict = await llhttp.judgeResponse(bytes.subarray(0, next), 'GET');
        if (!verdict.ok && allowed.some(({ applies }) => applies(text))) return;
        assert.ok(
          verdict.ok,
          `llhttp refuses what ours took: ${verdict.ok ? '' : verdict.code} ${JSON.stringify(text)}`,
        );
        taken += 1;
        const { message } = verdict;
        const ours: string[] = [];
        forEachHeader(head.block, (name, value) => {
          ours.push(name, value);
          return true;
        });
        assert.deepEqual(ours, message.rawHeaders);
        assert.equal(head.status, message.statusCode);
        assert.equal(head.minor === 1, message.httpVersion !== '1.0');
        assert.equal(head.chunked, message.headers['transfer-encoding'] === 'chunked');
        assert.equal(head.contentLength, Number(message.headers['content-length'] ?? -1));
      }),
      { numRuns: runs, seed },
    );
    assert.ok(taken > runs / 20, `only ${taken} of ${runs} heads were taken: the comparison says nothing`);
  });
});
