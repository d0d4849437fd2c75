import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headerCases } from './header.cases.ts';
import { parseProxyHeader } from './header.ts';

describe('parseProxyHeader', () => {
  for (const { name, bytes, finds } of headerCases) {
    it(name, () => {
      const found = parseProxyHeader(Buffer.concat([bytes, Buffer.from(finds === undefined ? '' : 'behind')]));
      if (finds === undefined) {
        assert.equal(found.kind, 'fault');
        return;
      }
      assert.deepEqual(found, { kind: 'header', length: bytes.length, peer: finds === 'nobody' ? undefined : finds });
    });

    it(`${name}, byte by byte`, () => {
      for (let end = 0; end < bytes.length; end += 1) {
        const { kind } = parseProxyHeader(bytes.subarray(0, end));
        if (kind === 'fault') {
          assert.equal(finds, undefined, `refused after ${end} bytes`);
          return;
        }
        assert.equal(kind, 'more');
      }
      assert.equal(parseProxyHeader(bytes).kind, finds === undefined ? 'fault' : 'header');
    });
  }

  it('refuses what cannot become a header at its first wrong byte', () => {
    for (const text of ['G', 'PROXY\t', 'PRoXY', '\r\n\r\n\0\r\nQUIT\r', '\x16\x03\x01']) {
      assert.equal(parseProxyHeader(Buffer.from(text, 'latin1')).kind, 'fault', JSON.stringify(text));
    }
  });
});
