import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileSafeRegex } from '../safe-regex.ts';
import { isProvenLinear } from './linearity.ts';
import { parseRegex } from './parse.ts';
import type { RegexNode } from './syntax.ts';

/**
 * A backtracking engine as plain as can be: what V8 does, with a count of the characters taken on all ways together.
 */
function search(root: RegexNode, text: string, anchored: boolean, most: number) {
  let taken = 0;
  function run(node: RegexNode, at: number, then: (at: number) => number | null): number | null {
    switch (node.kind) {
      case 'set': {
        const unit = text.charCodeAt(at);
        const { set } = node;
        const isIn = at < text.length && set.some((low, i) => i % 2 === 0 && low <= unit && unit <= set[i + 1]!);
        if (!isIn) return null;
        taken += 1;
        if (taken > most) throw new Error(`more than ${most} characters taken`);
        return then(at + 1);
      }
      case 'assert':
        return (node.what === 'start' ? at === 0 : at === text.length) ? then(at) : null;
      case 'capture':
        return run(node.body, at, then);
      case 'sequence': {
        const rest = (index: number): ((at: number) => number | null) =>
          index === node.items.length ? then : (place) => run(node.items[index]!, place, rest(index + 1));
        return rest(0)(at);
      }
      case 'choice':
        for (const option of node.options) {
          const end = run(option, at, then);
          if (end !== null) return end;
        }
        return null;
      case 'repeat': {
        const again = (count: number, place: number): number | null => {
          const more = (): number | null =>
            count < node.max
              ? run(node.body, place, (next) => (next === place && count >= node.min ? null : again(count + 1, next)))
              : null;
          if (count < node.min) return more();
          return node.lazy ? (then(place) ?? more()) : (more() ?? then(place));
        };
        return again(0, at);
      }
      case 'look':
        throw new Error('not drawn');
    }
  }
  for (let start = 0; start <= (anchored ? 0 : text.length); start++) {
    const end = run(root, start, (at) => at);
    if (end !== null) return { found: text.slice(start, end), taken };
  }
  return { found: null, taken };
}

function canBeEmpty(node: RegexNode): boolean {
  if (node.kind === 'set') return false;
  if (node.kind === 'capture') return canBeEmpty(node.body);
  if (node.kind === 'repeat') return node.min === 0 || canBeEmpty(node.body);
  if (node.kind === 'sequence') return node.items.every(canBeEmpty);
  return node.kind !== 'choice' || node.options.some(canBeEmpty);
}

function loopsOverNothing(node: RegexNode): boolean {
  if (node.kind === 'repeat') return canBeEmpty(node.body) || loopsOverNothing(node.body);
  if (node.kind === 'capture') return loopsOverNothing(node.body);
  if (node.kind === 'sequence') return node.items.some(loopsOverNothing);
  return node.kind === 'choice' && node.options.some(loopsOverNothing);
}

function countStates(node: RegexNode): number {
  switch (node.kind) {
    case 'set':
      return 1;
    case 'assert':
    case 'look':
      return 0;
    case 'capture':
      return countStates(node.body);
    case 'sequence':
      return node.items.reduce((sum, item) => sum + countStates(item), 0);
    case 'choice':
      return node.options.reduce((sum, option) => sum + countStates(option), 0);
    case 'repeat':
      return countStates(node.body) * (node.max === Number.POSITIVE_INFINITY ? Math.max(node.min, 1) : node.max);
  }
}

const { pattern } = fc.letrec<{ pattern: string; atom: string; part: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 4 },
    { weight: 5, arbitrary: fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '.', '$') },
    { weight: 2, arbitrary: tie('pattern').map((inner) => `(${inner})`) },
  ),
  part: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '+?'))
    .map(([atom, quantifier]) => (atom === '$' ? atom : atom + quantifier)),
  pattern: fc
    .array(
      fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 2 },
    )
    .map((options) => options.join('|')),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 24 });
const runs = fc
  .tuple(
    fc.array(
      fc.tuple(
        fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 12 }),
      ),
      { maxLength: 3 },
    ),
    fc.constantFrom('', 'c'),
  )
  .map(([parts, end]) => parts.map(([part, times]) => part.repeat(times)).join('') + end);

describe('the proof', () => {
  test('holds: a proven pattern takes at most two characters for each state and place', () => {
    let proven = 0;
    fc.assert(
      fc.property(pattern, fc.oneof(text, runs), fc.boolean(), (source, drawn, anchored) => {
        const { root } = parseRegex(source, false);
        if (!isProvenLinear(root, anchored)) return;
        proven += 1;
        // One state more stands for the search for a beginning.
        const most = 2 * (countStates(root) + 1) * (drawn.length + 1);
        search(root, drawn, anchored, most);
      }),
      { numRuns: 3000 },
    );
    assert.ok(proven > 500, `only ${proven} patterns were proven`);
  });

  const slow: readonly (readonly [pattern: string, text: string])[] = [
    ['(a+)+$', `${'a'.repeat(30)}d`],
    ['(a|a)*$', `${'a'.repeat(30)}d`],
    ['(a*)*$', `${'a'.repeat(30)}d`],
    ['(aa|a)+$', `${'a'.repeat(30)}d`],
    ['(a?){15}b', 'a'.repeat(30)],
    ['(a|b|ab)*c', 'ab'.repeat(15)],
  ];
  for (const [source, drawn] of slow) {
    test(`is not given for "${source}", which takes more than 5000 characters of ${drawn.length}`, () => {
      const { root } = parseRegex(source, false);
      assert.throws(() => search(root, drawn, true, 5000), /more than 5000/);
      assert.equal(isProvenLinear(root, true), false);
    });
  }

  test('whichever engine runs a pattern, it finds the same', () => {
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, drawn, anchored) => {
        const { root } = parseRegex(source, false);
        // Engines differ, and PCRE's versions too, on when a loop over nothing ends; V8 never gets one.
        fc.pre(!loopsOverNothing(root));
        const { found } = search(root, drawn, anchored, Number.POSITIVE_INFINITY);
        assert.equal(compileSafeRegex(source, '', { anchored }).exec(drawn)?.text ?? null, found);
      }),
      { numRuns: 1000 },
    );
  });
});
