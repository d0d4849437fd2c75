import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forEachHeader, searchForm } from './header-block.ts';
import { cutNames, HeaderEdits, headerText, headerTexts } from './header-edits.ts';
import { defaultHeadLimits } from './limits.ts';
import { parseRequestHead, RequestHead } from './request-head.ts';

type Lines = (readonly [name: string, value: string])[];
type Edit =
  | { readonly kind: 'set' | 'add'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'clear'; readonly name: string };

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

function wire(lines: Lines): string {
  return lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

function linesOf(text: string): Lines {
  const found: Lines = [];
  forEachHeader(`\n${text}`, (name, value) => {
    found.push([name, value]);
    return true;
  });
  return found;
}

/** The same changes made to a plain list, one after another. */
function plainly(lines: Lines, edits: readonly Edit[]): { readonly kept: Lines; readonly added: Map<string, Lines> } {
  let kept = lines;
  const added = new Map<string, Lines>();
  for (const edit of edits) {
    const key = keyOf(edit.name);
    if (edit.kind !== 'add') {
      kept = kept.filter(([name]) => keyOf(name) !== key);
      added.set(key, []);
    }
    if (edit.kind === 'clear') continue;
    const own = added.get(key) ?? [];
    own.push(...edit.values.map((value) => [edit.name, value] as const));
    added.set(key, own);
  }
  return { kept, added };
}

describe('HeaderEdits', () => {
  it('agrees with a plain list under any changes', () => {
    const name = fc.constantFrom('A', 'a', 'X-Two', 'x_two', 'X-Twos', 'Host', 'B');
    const value = fc.constantFrom('', '1', 'A: 2', 'x-two: 3', '4 5');
    const edit: fc.Arbitrary<Edit> = fc.oneof(
      fc.record({
        kind: fc.constantFrom('set' as const, 'add' as const),
        name,
        values: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('clear' as const), name }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        fc.array(edit, { maxLength: 8 }),
        (given, edits) => {
          const lines: Lines = given;
          const subject = new HeaderEdits();
          for (const one of edits) {
            if (one.kind === 'clear') subject.clear(keyOf(one.name));
            else subject[one.kind](one.name, keyOf(one.name), one.values);
          }
          const { kept, added } = plainly(lines, edits);
          const block = `\n${wire(lines)}`;
          const search = searchForm(block);
          const expected = [...kept, ...[...added.values()].flat()];

          const head = new RequestHead();
          const bytes = Buffer.from(
            `GET / HTTP/1.0\r\n${wire(lines.map(([line, content]) => [line === 'Host' ? 'Hos' : line, content]))}\r\n`,
          );
          const isParsed = parseRequestHead(bytes, 0, bytes.length, head, defaultHeadLimits) > 0;
          assert.ok(isParsed);
          const withoutHost = lines.every(([line]) => line !== 'Host');
          for (const applied of [
            subject.apply(wire(lines)),
            ...(withoutHost ? [subject.apply(wire(lines), head)] : []),
          ]) {
            const found = linesOf(applied);
            assert.deepEqual(found.slice(0, kept.length), kept);
            // Added lines stand together by name, in the spelling that was used last.
            assert.deepEqual(
              found.slice(kept.length).map(([line, content]) => [keyOf(line), content]),
              [...added].flatMap(([key, own]) => own.map(([, content]) => [key, content])),
            );
          }
          for (const asked of ['a', 'x-two', 'x-twos', 'host', 'b']) {
            const first = expected.find(([line]) => keyOf(line) === asked)?.[1];
            assert.equal(subject.first(block, search, asked), first);
            assert.equal(
              subject.touches(asked),
              edits.some((one) => keyOf(one.name) === asked),
            );
          }
          const table = subject.table(block, 1000);
          const count = Object.values(table).flat().length;
          assert.equal(count, expected.length);
          assert.deepEqual(Object.values(subject.table(block, 2)).flat().length, Math.min(2, count));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('changes nothing while it is empty', () => {
    const subject = new HeaderEdits();
    assert.ok(subject.isEmpty);
    assert.equal(subject.apply('A: b\r\n'), 'A: b\r\n');
  });
});

describe('cutNames', () => {
  const cases: readonly (readonly [title: string, lines: string, names: string[], left: string])[] = [
    ['nothing', 'A: 1\r\n', [], 'A: 1\r\n'],
    ['a name that is not there', 'A: 1\r\n', ['b'], 'A: 1\r\n'],
    ['the first, the middle and the last', 'A: 1\r\nB: 2\r\nC: 3\r\n', ['a', 'c'], 'B: 2\r\n'],
    ['all of a name', 'a: 1\r\nB: 2\r\nA:3\r\n', ['a'], 'B: 2\r\n'],
    ['either dash', 'x_a: 1\r\nX-A: 2\r\nB: 3\r\n', ['x_a'], 'B: 3\r\n'],
    ['no part of a name', 'A: 1\r\nAB: 2\r\nB-A: 3\r\n', ['a'], 'AB: 2\r\nB-A: 3\r\n'],
    ['a name given twice', 'A: 1\r\nB: 2\r\n', ['a', 'a'], 'B: 2\r\n'],
    ['everything', 'A: 1\r\nB: 2\r\n', ['b', 'a'], ''],
  ];
  for (const [title, lines, names, left] of cases)
    it(`cuts ${title}`, () => assert.equal(cutNames(lines, names), left));
});

describe('headerText', () => {
  it('lets no value start a line, and sends text beyond ASCII as UTF-8', () => {
    assert.equal(headerText('plain\ttext'), 'plain\ttext');
    assert.equal(headerText('a\r\nX: b'), 'a%0D%0AX: b');
    assert.equal(headerText('\x00\x7f'), '%00%7F');
    assert.equal(headerText('ä'), '\xc3\xa4');
    assert.equal(headerText(5), '5');
    assert.equal(headerText(true), 'true');
  });

  it('takes one value or several', () => {
    assert.deepEqual(headerTexts('a\n'), ['a%0A']);
    assert.deepEqual(headerTexts(['a', 1, false]), ['a', '1', 'false']);
  });
});
