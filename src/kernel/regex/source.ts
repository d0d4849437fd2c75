import { anyUnit, type CharSet, complementOf, lastUnit, rangesOf } from './charset.ts';
import type { Assertion, RegexNode } from './syntax.ts';

/** The two engines that a parsed pattern can be written for. */
export type Dialect = 'v8' | 're2';

const assertions: { readonly [what in Assertion]: string } = {
  start: '^',
  end: '$',
  'line-start': '(?m:^)',
  'line-end': '(?m:$)',
  word: '\\b',
  'not-word': '\\B',
};

/** Writes a parsed pattern in an engine's own language, to be compiled without flags. */
export function writeRegex(node: RegexNode, dialect: Dialect): string {
  switch (node.kind) {
    case 'set':
      return writeSet(node.set, dialect);
    case 'assert':
      return assertions[node.what];
    case 'sequence':
      return node.items
        .map((item) => (item.kind === 'choice' ? group(item, dialect) : writeRegex(item, dialect)))
        .join('');
    case 'choice':
      return node.options.map((option) => writeRegex(option, dialect)).join('|');
    case 'capture':
      // Names are put on by number: an engine's own way costs more.
      return `(${writeRegex(node.body, dialect)})`;
    case 'look':
      return `(?${node.behind ? '<' : ''}${node.negative ? '!' : '='}${writeRegex(node.body, dialect)})`;
    case 'repeat': {
      const isWhole = node.body.kind === 'set' || node.body.kind === 'capture';
      const body = isWhole ? writeRegex(node.body, dialect) : group(node.body, dialect);
      return `${body}${writeBounds(node.min, node.max)}${node.lazy ? '?' : ''}`;
    }
  }
}

function group(node: RegexNode, dialect: Dialect): string {
  return `(?:${writeRegex(node, dialect)})`;
}

function writeBounds(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === max) return `{${min}}`;
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`;
}

function writeSet(set: CharSet, dialect: Dialect): string {
  if (set.length === 2 && set[0] === set[1]) return writeUnit(set[0]!, dialect);
  if (set.length === 2 && set[0] === anyUnit[0] && set[1] === anyUnit[1]) return dialect === 'v8' ? '[^]' : '(?s:.)';
  if (set.length === 0) return dialect === 'v8' ? '[]' : '[^\\x{0}-\\x{10ffff}]';
  // Written as a complement, a set that goes up to the last unit covers what lies beyond it in code points too.
  return set.at(-1) === lastUnit ? `[^${writeRanges(complementOf(set), dialect)}]` : `[${writeRanges(set, dialect)}]`;
}

function writeRanges(set: CharSet, dialect: Dialect): string {
  return rangesOf(set)
    .map(([low, high]) =>
      low === high ? writeUnit(low, dialect) : `${writeUnit(low, dialect)}-${writeUnit(high, dialect)}`,
    )
    .join('');
}

const plainUnit = /[A-Za-z0-9/_]/;

function writeUnit(unit: number, dialect: Dialect): string {
  const text = String.fromCharCode(unit);
  if (plainUnit.test(text)) return text;
  if (unit <= 0xff) return `\\x${unit.toString(16).padStart(2, '0')}`;
  const hex = unit.toString(16).padStart(4, '0');
  return dialect === 'v8' ? `\\u${hex}` : `\\x{${hex}}`;
}
