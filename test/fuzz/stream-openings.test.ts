import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { headerCases } from '../../src/proxy/listeners/proxy-protocol/header.cases.ts';
import { parseProxyHeader } from '../../src/proxy/listeners/proxy-protocol/header.ts';
import { extension, helloOf, inRecords, nameExtension } from '../../src/tls/hello-parser.fixtures.ts';
import { parseClientHello } from '../../src/tls/hello-parser.ts';

/**
 * What the first bytes of a raw stream may be: headers of the PROXY protocol and ClientHellos, good ones with bytes
 * changed, cut and put in. The seed is fixed and the count bounded: GIBBON_FUZZ_RUNS asks for more.
 */
const numRuns = Number(process.env['GIBBON_FUZZ_RUNS'] ?? 3000);

const splice = fc.record({ at: fc.nat(300), cut: fc.nat(4), put: fc.uint8Array({ maxLength: 4 }) });

function spliced(bases: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.constantFrom(...bases), fc.array(splice, { maxLength: 4 })).map(([base, splices]) => {
    let bytes = base;
    for (const { at, cut, put } of splices) {
      const from = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
    }
    return bytes;
  });
}

/** What was said of a beginning stays true of all that follows: only `more` may become something else. */
function assertSteady<Verdict extends { readonly kind: string }>(
  bytes: Buffer,
  parse: (bytes: Buffer) => Verdict,
  last: Verdict,
): void {
  let decided: Verdict | undefined;
  for (let end = 0; end <= bytes.length; end += 1) {
    const verdict = parse(bytes.subarray(0, end));
    if (decided !== undefined) assert.equal(verdict.kind, decided.kind, `after ${end} bytes`);
    else if (verdict.kind !== 'more') decided = verdict;
  }
  assert.equal(last.kind, decided?.kind ?? 'more');
}

describe('first bytes of raw streams', () => {
  it('are a header of the PROXY protocol, or not, whatever follows', () => {
    fc.assert(
      fc.property(spliced(headerCases.filter(({ bytes }) => bytes.length < 300).map(({ bytes }) => bytes)), (bytes) => {
        const header = parseProxyHeader(bytes);
        assertSteady(bytes, parseProxyHeader, header);
        if (header.kind !== 'header') return;
        assert.ok(header.length <= bytes.length && header.length <= 4096);
        assert.deepEqual(parseProxyHeader(bytes.subarray(0, header.length)), header);
        if (header.peer === undefined) return;
        const { sourceIp, destinationIp, sourcePort, destinationPort } = header.peer;
        assert.ok(isIP(sourceIp) !== 0 && isIP(sourceIp) === isIP(destinationIp));
        for (const port of [sourcePort, destinationPort])
          assert.ok(Number.isInteger(port) && port >= 0 && port < 65_536);
      }),
      { numRuns, seed: 7 },
    );
  });

  it('are a ClientHello, or not, whatever follows', () => {
    const messages = [
      helloOf(undefined),
      helloOf([nameExtension('a.test')]),
      helloOf([
        extension(16, Buffer.from([0, 3, 2, 0x68, 0x32])),
        nameExtension('b.test'),
        extension(21, Buffer.alloc(9)),
      ]),
    ];
    const bases = messages.flatMap((message) => [inRecords(message), inRecords(message, 7)]);
    fc.assert(
      fc.property(spliced(bases), (bytes) => {
        const look = parseClientHello(bytes);
        // Bytes behind the message within its record are seen only once they are there.
        if (look.kind === 'more' || look.kind === 'foreign') assertSteady(bytes, parseClientHello, look);
        if (look.kind === 'hello' && look.serverName !== undefined) assert.match(look.serverName, /^[a-z0-9_.-]+$/);
      }),
      { numRuns, seed: 7 },
    );
  });

  it('of any kind are judged without a fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        parseProxyHeader(Buffer.from(bytes));
        parseClientHello(Buffer.from(bytes));
        parseClientHello(Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1]), bytes]));
      }),
      { numRuns, seed: 7 },
    );
  });
});
