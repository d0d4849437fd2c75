import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forEachHeader } from './header-block.ts';
import { defaultHeadLimits, HeadFault } from './limits.ts';
import { acceptedHeads, refusedHeads } from './request-head.cases.ts';
import { parseRequestHead, RequestHead } from './request-head.ts';

function parse(text: string, offset = 0): { readonly next: number; readonly head: RequestHead } {
  // Bytes around the head show that nothing beyond its bounds is looked at.
  const bytes = Buffer.from(`${'x'.repeat(offset)}${text}GET / HTTP/1.1\r\n`, 'latin1');
  const head = new RequestHead();
  const next = parseRequestHead(bytes, offset, offset + text.length, head, defaultHeadLimits);
  return { next, head };
}

describe('parseRequestHead', () => {
  for (const { title, bytes, expected } of acceptedHeads) {
    it(`takes ${title}`, () => {
      const { next, head } = parse(bytes);
      assert.equal(next, bytes.length);
      const found = Object.fromEntries(Object.keys(expected).map((key) => [key, head[key as keyof RequestHead]]));
      assert.deepEqual(found, expected);
    });
  }

  for (const { title, bytes, fault } of refusedHeads) {
    it(`refuses ${title}`, () => {
      assert.equal(parse(bytes).next, -HeadFault[fault]);
    });
  }

  it('stops behind the empty line and leaves what follows alone', () => {
    const { next, head } = parse('GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n', 3);
    assert.equal(next, 30);
    assert.equal(head.block, '\nHost: a\r\n');
    assert.equal(head.size, 27);
  });

  it('finds the same at any offset', () => {
    for (const { bytes } of acceptedHeads) {
      const first = parse(bytes);
      const later = parse(bytes, 4711);
      assert.equal(later.next, first.next + 4711);
      assert.deepEqual(later.head, first.head);
    }
  });

  it('wants more of a good head, wherever it is cut', () => {
    for (const { title, bytes } of acceptedHeads) {
      for (let at = 0; at < bytes.length; at += 1)
        assert.equal(parse(bytes.slice(0, at)).next, 0, `${title} cut at ${at}`);
    }
  });

  it('never takes a bad head, wherever it is cut', () => {
    for (const { title, bytes } of refusedHeads) {
      const step = bytes.length > 1000 ? 97 : 1;
      for (let at = 0; at < bytes.length; at += step) {
        assert.ok(parse(bytes.slice(0, at)).next <= 0, `${title} cut at ${at}`);
      }
    }
  });

  it('gives back the names and values that any well-formed head was made of', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
    const value = fc.stringMatching(/^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,40}[\x21-\x7e\x80-\xff])?)?$/);
    const blanks = fc.constantFrom('', ' ', '\t', ' \t ');
    const engine = new Set(['host', 'content-length', 'transfer-encoding']);
    const lines = fc.array(
      fc.tuple(
        token.filter((name) => !engine.has(name.toLowerCase())),
        blanks,
        value,
        blanks,
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        token.filter((name) => name.length <= 32),
        fc.stringMatching(/^\/[\x21-\x7e\x80-\xff]{0,60}$/),
        lines,
        (method, target, given) => {
          const text = `${method} ${target} HTTP/1.1\r\nHost: h\r\n${given
            .map(([name, before, content, after]) => `${name}:${before}${content}${after}\r\n`)
            .join('')}\r\n`;
          const { next, head } = parse(text);
          assert.equal(next, text.length);
          assert.equal(head.method, method);
          assert.equal(head.target, target);
          const found: [string, string][] = [];
          forEachHeader(head.block, (name, content) => {
            found.push([name, content]);
            return true;
          });
          assert.deepEqual(found, [['Host', 'h'], ...given.map(([name, , content]) => [name, content])]);
          // What goes on untouched are whole lines of the block, in their order.
          let at = 0;
          for (const line of head.untouched.split('\r\n').slice(0, -1)) {
            at = head.block.indexOf(`\n${line}\r`, at);
            assert.notEqual(at, -1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
