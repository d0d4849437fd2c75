import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultHeadLimits, forEachHeader, parseRequestHead, RequestHead } from '../../src/http1/index.ts';

/**
 * Our parser against Node's own, llhttp: what ours takes, llhttp takes too, and understands alike. The other way round is
 * not asked for, since ours is stricter. The seed is fixed and the count bounded: GIBBON_FUZZ_RUNS asks for more.
 */
const runs = Number(process.env['GIBBON_FUZZ_RUNS'] ?? 3000);

type Verdict = { readonly ok: true; readonly request: IncomingMessage } | { readonly ok: false; readonly code: string };

const server = createServer({ requireHostHeader: true, maxHeaderSize: 65_536 });
let settle: ((verdict: Verdict) => void) | undefined;
for (const event of ['request', 'checkContinue', 'checkExpectation', 'upgrade', 'connect']) {
  server.on(event, (request: IncomingMessage) => settle?.({ ok: true, request }));
}
server.on('clientError', (fault: NodeJS.ErrnoException) => settle?.({ ok: false, code: fault.code ?? fault.message }));

function askNode(bytes: Buffer): Promise<Verdict> {
  return new Promise((resolve) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: true });
    settle = (verdict) => {
      settle = undefined;
      resolve(verdict);
      socket.destroy();
    };
    socket.on('error', () => {});
    // Node refuses a request without Host by itself, after its parser took it.
    socket.on('close', () => settle?.({ ok: false, code: 'closed' }));
    server.emit('connection', socket);
    socket.push(bytes);
    socket.push(null);
  });
}

const bases = [
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /a?b=c HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\n\r\nabc',
  'PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\nAccept: */*\r\n\r\n',
  'DELETE /%20 HTTP/1.1\r\nhost:a\r\nX-Long-Name:   value with blanks \t\r\nConnection: close, te\r\n\r\n',
  'OPTIONS /y HTTP/1.1\r\nHost: [::1]:8000\r\nVia: 1.1 a\r\nVia: 1.1 b\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n',
];

const splice = fc.record({
  at: fc.nat(200),
  cut: fc.nat(3),
  put: fc.oneof(
    fc.constantFrom(
      '',
      '\r',
      '\n',
      '\r\n',
      ' ',
      '\t',
      ':',
      '\x00',
      '\x7f',
      '\x0b',
      ',',
      ';',
      '+',
      '0',
      '1',
      'a',
      '_',
      '"',
    ),
    fc.constantFrom('Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', 'Connection: x\r\n'),
    fc.constantFrom('chunked, ', 'gzip, ', '2, ', 'HTTP/1.1', ' HTTP/1.0\r\n', '\r\n ', '\r\n\t', '\r\nX : y'),
  ),
});

describe('request heads, against llhttp', () => {
  after(() => server.close());

  it('what ours takes, llhttp takes and understands alike', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), fc.array(splice, { maxLength: 4 }), async (base, splices) => {
        let text = base;
        for (const { at, cut, put } of splices) {
          const from = at % (text.length + 1);
          text = text.slice(0, from) + put + text.slice(from + cut);
        }
        const bytes = Buffer.from(text, 'latin1');
        const head = new RequestHead();
        const next = parseRequestHead(bytes, 0, bytes.length, head, defaultHeadLimits);
        if (next <= 0) return;
        // llhttp knows certain methods, versions and forms of targets only.
        if (!/^(?:GET|POST|PUT|DELETE|OPTIONS)$/.test(head.method) || !/^\//.test(head.target)) return;
        if (!/ HTTP\/1\.[01]\r\n/.test(text.slice(0, text.indexOf('\n') + 1))) return;
        // A body that is broken is not the head's affair, but may come up in the same turn.
        const verdict = await askNode(bytes.subarray(0, next));
        assert.ok(
          verdict.ok,
          `llhttp refuses what ours took: ${verdict.ok ? '' : verdict.code} ${JSON.stringify(text)}`,
        );
        taken += 1;
        const { request } = verdict;
        const ours: string[] = [];
        forEachHeader(head.block, (name, value) => {
          ours.push(name, value);
          return true;
        });
        assert.deepEqual(ours, request.rawHeaders);
        assert.equal(head.method, request.method);
        assert.equal(head.target, request.url);
        assert.equal(head.minor === 1, request.httpVersion === '1.1');
        assert.equal(head.chunked, request.headers['transfer-encoding'] === 'chunked');
        assert.equal(head.contentLength, Number(request.headers['content-length'] ?? -1));
      }),
      { numRuns: runs, seed: 20_260_201 },
    );
    assert.ok(taken > runs / 20, `only ${taken} of ${runs} heads were taken: the comparison says nothing`);
  });
});
