import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyHash, kindOfFile, problemOfShape, readDeclarativeText } from './text.ts';
import { formatYaml, parseYaml } from './yaml.ts';

function errorOf(text: string): string {
  const outcome = readDeclarativeText(text);
  return outcome.ok ? assert.fail('the text is good') : outcome.error;
}

describe('texts', () => {
  it('are JSON or YAML', () => {
    for (const text of ['{"_format_version":"3.0"}', '_format_version: "3.0"']) {
      const outcome = readDeclarativeText(text);
      assert.deepEqual(outcome.ok && outcome.table, { _format_version: '3.0' });
    }
  });

  it('are named by their MD5', () => {
    const outcome = readDeclarativeText('a: 1');
    assert.equal(outcome.ok && outcome.hash, '270f9e65a80226eccd82c99cdd0dd2fb');
    assert.equal(emptyHash, '00000000000000000000000000000000');
  });

  it('are told apart by the name of the file', () => {
    assert.deepEqual(['a.json', 'b.yml', 'c.yaml', 'd.txt'].map(kindOfFile), ['json', 'yaml', 'yaml', undefined]);
  });

  it('of YAML may merge maps and repeat parts', () => {
    const outcome = parseYaml('base: &b {x: 1}\nmore: {<<: *b, y: 2}\nsame: *b');
    assert.deepEqual(outcome.ok && outcome.value, { base: { x: 1 }, more: { x: 1, y: 2 }, same: { x: 1 } });
  });

  it('of YAML have the booleans that Kong reads', () => {
    const outcome = parseYaml('[yes, No, ON, off, TRUE, false, y, n, "yes", yEs, 2001-01-01, 1:30]');
    assert.deepEqual(outcome.ok && outcome.value, [
      ...[true, false, true, false, true, false],
      ...['y', 'n', 'yes', 'yEs', '2001-01-01', '1:30'],
    ]);
  });

  it('that hold no object are refused', () => {
    assert.equal(errorOf('[]'), 'failed parsing declarative configuration: expected an object');
    assert.equal(errorOf('just words'), 'failed parsing declarative configuration: expected an object');
    assert.match(errorOf('a: [1'), /^failed parsing declarative configuration: /);
  });

  it('that grow without bound by aliases are refused', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level++) {
      const alias = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => alias).join(', ')}]`);
    }
    assert.match(errorOf(lines.join('\n')), /more than 20000000 values/);
  });

  it('that contain themselves are refused', () => {
    assert.match(errorOf('a: &a {b: *a}'), /nested more than 200 levels deep|unidentified|alias/);
  });

  it('that are nested deeply are refused, in either form', () => {
    const depth = 100_000;
    assert.match(errorOf(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`), /deep|depth|nest|stack/i);
    assert.match(errorOf(`a: ${'['.repeat(depth)}${']'.repeat(depth)}`), /deep|depth|nest/i);
    assert.equal(problemOfShape({ a: [[1]] }), undefined);
  });

  it('keep what would spoil prototypes as data', () => {
    for (const text of ['{"__proto__":{"polluted":1}}', '__proto__: {polluted: 1}']) {
      const outcome = readDeclarativeText(text);
      assert.ok(outcome.ok);
      assert.equal((outcome.table as { polluted?: unknown }).polluted, undefined);
      assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    }
  });

  it('are written so that they read as the same', () => {
    const value = {
      a: 'yes',
      b: '1.0',
      c: null,
      d: ['- x', ': y', '2001-01-01'],
      e: 'two\nlines\n',
      f: {},
      g: [],
      h: 1e21,
    };
    const outcome = parseYaml(formatYaml(value));
    assert.deepEqual(outcome.ok && outcome.value, value);
  });
});
