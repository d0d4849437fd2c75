import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { someConfiguration } from '../../src/db/declarative/configurations.fixtures.ts';
import { createTestReader } from '../../src/db/declarative/declarative.fixtures.ts';
import { readDeclarativeText } from '../../src/db/declarative/text.ts';
import { fuzzPlan } from '../support/fuzz.ts';
import { splice, splices } from './splices.ts';

/** The declarative loader: whatever it is given, it takes it or says what is wrong with it, and nothing else happens. */
const { runs, seed } = fuzzPlan(400, 20_260_204);

const odd = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  '\u0000',
  'a'.repeat(5000),
  -1,
  1e308,
  0.5,
  true,
  [],
  {},
  [[[]]],
  { id: 1 },
  [null],
  [{ name: 's0' }],
  JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}'),
);
const keys = [
  '__proto__',
  'constructor',
  'toString',
  'id',
  'name',
  'service',
  'routes',
  'tags',
  '_ignore',
  '_comment',
  '',
];

/** A change to one place of a tree, found by numbers so that it can be made in any tree. */
const change = fc.record({
  path: fc.array(fc.nat(30), { minLength: 1, maxLength: 6 }),
  key: fc.option(fc.constantFrom(...keys)),
  value: odd,
});

function apply(root: object, { path, key, value }: { path: number[]; key: string | null; value: unknown }): void {
  let place: Record<string, unknown> = root as Record<string, unknown>;
  for (const step of path) {
    const names = Object.keys(place);
    if (names.length === 0) break;
    const name = names[step % names.length]!;
    const next = place[name];
    if (step % 7 === 0 || typeof next !== 'object' || next === null) {
      place[name] = value;
      return;
    }
    place = next as Record<string, unknown>;
  }
  // As a parser would make it, and not the setter of a prototype.
  if (key !== null && !Array.isArray(place))
    Object.defineProperty(place, key, { value, enumerable: true, writable: true, configurable: true });
}

function readTable(table: unknown): 'good' | 'wrong' {
  const outcome = createTestReader().read(table as { [key: string]: unknown }, 'hash');
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  if (outcome.ok) return 'good';
  // What is told of errors must be fit for the answer of the Admin API.
  assert.ok(Object.keys(outcome.errors).length > 0);
  JSON.stringify([outcome.errors, outcome.flatten()]);
  return 'wrong';
}

describe('the declarative loader against anything', () => {
  it('judges any tree', () => {
    const counts = { good: 0, wrong: 0 };
    fc.assert(
      fc.property(someConfiguration, fc.array(change, { maxLength: 4 }), (configuration, changes) => {
        const table = structuredClone(configuration);
        for (const one of changes) apply(table, structuredClone(one));
        counts[readTable(table)] += 1;
      }),
      { numRuns: runs, seed },
    );
    assert.ok(counts.good > runs / 50 && counts.wrong > runs / 50, JSON.stringify(counts));
  });

  it('judges any text', () => {
    const words = [
      '&a',
      '*a',
      '<<: *a',
      '!!js/function',
      '!!binary',
      '? ',
      '- ',
      '{',
      '[',
      '---\n',
      '\n\t',
      '|',
      '>-\n',
      '%YAML',
    ];
    fc.assert(
      fc.property(someConfiguration, splices(words), fc.boolean(), (configuration, changes, isJson) => {
        const text = splice(JSON.stringify(configuration, null, isJson ? 0 : 1), changes);
        const parsed = readDeclarativeText(text, isJson ? 'json' : 'yaml');
        if (parsed.ok) readTable(parsed.table);
        else assert.ok(parsed.error.length > 0);
      }),
      { numRuns: runs, seed },
    );
  });

  it('is not blown up by aliases of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, at) => `l${at + 1}: &l${at + 1} [${`*l${at}, `.repeat(10)}]`);
    const text = `_format_version: "3.0"\nl0: &l0 [x]\n${levels.join('\n')}\n`;
    const parsed = readDeclarativeText(text, 'yaml');
    assert.ok(!parsed.ok);
    assert.match(parsed.error, /more than \d+ values/);
  });
});
