import { bench, do_not_optimize, group, run } from 'mitata';
import { HpackDecoder, HpackEncoder, LineCache } from '../../src/http2/index.ts';

const answer =
  'Server: nginx/1.22.1\r\nDate: Fri, 20 Nov 2026 14:33:38 GMT\r\nContent-Type: text/plain\r\n' +
  'X-Kong-Upstream-Latency: 1\r\nX-Kong-Proxy-Latency: 0\r\nVia: 1.1 gibbon/1.0.0\r\n';
const out = Buffer.alloc(4096);
const visitor = { onField: do_not_optimize };

/** Request blocks out of RFC 7541 appendix C.4: the first fills the table, the last is what a client sends all along. */
const first = Buffer.from('828684418cf1e3c2e5f23a6ba0ab90f4ff408825a849e95ba97d7f8925a849e95bb8e8b4bf', 'hex');
const later = Buffer.from('828684bfbe', 'hex');
const literal = Buffer.from('828684018cf1e3c2e5f23a6ba0ab90f4ff008825a849e95ba97d7f8925a849e95bb8e8b4bf', 'hex');

group('head of an answer', () => {
  const encoder = new HpackEncoder(new LineCache());
  let number = 0;
  bench('lines that came before', () => do_not_optimize(encoder.lines(out, encoder.status(out, 0, 200), answer)));
  bench('the same with an id that is new each time', () => {
    number += 1;
    const lines = `${answer}X-Kong-Request-Id: ${String(number).padStart(32, '0')}\r\n`;
    do_not_optimize(encoder.lines(out, encoder.status(out, 0, 200), lines));
  });
});

group('head of a request', () => {
  const decoder = new HpackDecoder();
  decoder.decode(first, 0, first.length, visitor);
  bench('indexed', () => do_not_optimize(decoder.decode(later, 0, later.length, visitor)));
  bench('literal with Huffman codes', () => do_not_optimize(decoder.decode(literal, 0, literal.length, visitor)));
});
await run();
