import { anyUnit, type CharSet, escapeSets, foldCase, notNewline } from './charset.ts';
import { parseClass } from './parse-class.ts';
import { parseCharacterEscape, Scanner } from './scan.ts';
import { type Assertion, RegexFault, type RegexNode, type RegexTree } from './syntax.ts';

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
  readonly multiline: boolean;
}

/** Deeper nesting than anyone writes; it bounds the recursion here and in the readings of the tree. */
const deepest = 100;

const escapedAssertions: ReadonlyMap<string, Assertion> = new Map([
  ['b', 'word'],
  ['B', 'not-word'],
  ['A', 'start'],
  ['z', 'end'],
  ['Z', 'end'],
]);

/**
 * Parses the part of PCRE2's language that can be matched in linear time, and look-around. `$` and `\Z` mean the very
 * end of the text: PCRE also lets them match before a last newline, which on a path only opens a hole.
 * @throws RegexFault for a malformed pattern and for what is not supported: back-references, possessive and atomic
 * groups, conditionals, recursion, callouts, Unicode properties.
 */
export function parseRegex(pattern: string, ignoreCase: boolean): RegexTree {
  const names: (string | undefined)[] = [];
  const scanner = new Scanner(pattern);
  const root = parseChoice(scanner, names, { ignoreCase, dotAll: false, multiline: false }, 0);
  if (!scanner.done) throw new RegexFault(`unmatched ")" at ${scanner.at}`);
  return { root, names };
}

function parseChoice(scanner: Scanner, names: (string | undefined)[], given: Flags, depth: number): RegexNode {
  if (depth > deepest) throw new RegexFault(`more than ${deepest} groups inside one another`);
  let flags = given;
  const options: RegexNode[] = [];
  let items: RegexNode[] = [];
  while (!scanner.done && scanner.peek() !== ')') {
    if (scanner.take('|')) {
      options.push(sequence(items));
      items = [];
      continue;
    }
    const changed = parseInlineFlags(scanner, flags);
    if (changed !== undefined) {
      flags = changed;
      continue;
    }
    const atom = parseAtom(scanner, names, flags, depth);
    if (atom !== undefined) items.push(parseQuantifier(scanner, atom));
  }
  options.push(sequence(items));
  return options.length === 1 ? options[0]! : { kind: 'choice', options };
}

function sequence(items: readonly RegexNode[]): RegexNode {
  return items.length === 1 ? items[0]! : { kind: 'sequence', items };
}

/** Reads `(?i)` and its like, which hold to the end of the group. */
function parseInlineFlags(scanner: Scanner, flags: Flags): Flags | undefined {
  if (scanner.peek() !== '(') return undefined;
  const letters = scanner.match(/\(\?([a-zA-Z]*(?:-[a-zA-Z]+)?)\)/y);
  return letters === undefined ? undefined : applyFlags(flags, letters);
}

function applyFlags(flags: Flags, letters: string): Flags {
  let { ignoreCase, dotAll, multiline } = flags;
  let on = true;
  for (const letter of letters) {
    if (letter === '-') on = false;
    else if (letter === 'i') ignoreCase = on;
    else if (letter === 's') dotAll = on;
    else if (letter === 'm') multiline = on;
    else throw new RegexFault(`flag "${letter}" is not supported`);
  }
  return { ignoreCase, dotAll, multiline };
}

function parseAtom(
  scanner: Scanner,
  names: (string | undefined)[],
  flags: Flags,
  depth: number,
): RegexNode | undefined {
  const at = scanner.at;
  const letter = scanner.next();
  switch (letter) {
    case '(':
      return parseGroup(scanner, names, flags, depth);
    case '[':
      return { kind: 'set', set: parseClass(scanner, flags.ignoreCase) };
    case '.':
      return { kind: 'set', set: flags.dotAll ? anyUnit : notNewline };
    case '^':
      return { kind: 'assert', what: flags.multiline ? 'line-start' : 'start' };
    case '$':
      return { kind: 'assert', what: flags.multiline ? 'line-end' : 'end' };
    case '*':
    case '+':
    case '?':
      throw new RegexFault(`nothing to repeat at ${at}`);
    case '\\':
      return parseEscape(scanner, flags);
    default:
      return literal(letter, flags);
  }
}

function literal(text: string, flags: Flags): RegexNode {
  const unit = text.charCodeAt(0);
  const set: CharSet = [unit, unit];
  return { kind: 'set', set: flags.ignoreCase ? foldCase(set) : set };
}

function parseEscape(scanner: Scanner, flags: Flags): RegexNode {
  const letter = scanner.peek();
  const set = escapeSets.get(letter);
  if (set !== undefined) {
    scanner.next();
    return { kind: 'set', set };
  }
  const what = escapedAssertions.get(letter);
  if (what !== undefined) {
    scanner.next();
    return { kind: 'assert', what };
  }
  if (/[1-9kgR]/.test(letter)) {
    throw new RegexFault(letter === 'R' ? '"\\R" is not supported' : 'back-references are not supported');
  }
  return literal(String.fromCharCode(parseCharacterEscape(scanner)), flags);
}

const groupOpenings: readonly (readonly [opening: string, look: { behind: boolean; negative: boolean }])[] = [
  ['?=', { behind: false, negative: false }],
  ['?!', { behind: false, negative: true }],
  ['?<=', { behind: true, negative: false }],
  ['?<!', { behind: true, negative: true }],
];

function parseGroup(
  scanner: Scanner,
  names: (string | undefined)[],
  flags: Flags,
  depth: number,
): RegexNode | undefined {
  const start = scanner.at - 1;
  if (scanner.take('?#')) {
    if (scanner.match(/([^)]*)\)/y) === undefined) throw new RegexFault(`unclosed comment at ${start}`);
    return undefined;
  }
  let inner = flags;
  let wrap: (body: RegexNode) => RegexNode = (body) => body;
  const look = groupOpenings.find(([opening]) => scanner.take(opening));
  const scoped = look === undefined ? scanner.match(/\?([a-zA-Z]*(?:-[a-zA-Z]+)?):/y) : undefined;
  if (look !== undefined) {
    wrap = (body) => ({ kind: 'look', ...look[1], body });
  } else if (scoped !== undefined) {
    inner = applyFlags(flags, scoped);
  } else if (scanner.peek() === '?' || scanner.peek() === '*') {
    const name = parseName(scanner);
    if (names.includes(name)) throw new RegexFault(`two groups are named "${name}"`);
    names.push(name);
    wrap = (body) => ({ kind: 'capture', name, body });
  } else {
    names.push(undefined);
    wrap = (body) => ({ kind: 'capture', name: undefined, body });
  }
  const body = parseChoice(scanner, names, inner, depth + 1);
  if (!scanner.take(')')) throw new RegexFault(`unclosed group at ${start}`);
  return wrap(body);
}

function parseName(scanner: Scanner): string {
  const name = scanner.match(/\?P?<([A-Za-z_]\w{0,31})>/y) ?? scanner.match(/\?'([A-Za-z_]\w{0,31})'/y);
  if (name !== undefined) return name;
  if (scanner.take('?>')) throw new RegexFault('atomic groups are not supported');
  throw new RegexFault(`unknown kind of group "(${scanner.rest(3)}" at ${scanner.at - 1}`);
}

function parseQuantifier(scanner: Scanner, body: RegexNode): RegexNode {
  const bounds = parseBounds(scanner);
  if (bounds === undefined) return body;
  const [min, max] = bounds;
  if (min > max) throw new RegexFault(`numbers out of order in {${min},${max}}`);
  if (scanner.take('+')) throw new RegexFault('possessive quantifiers are not supported');
  const repeated: RegexNode = { kind: 'repeat', body, min, max, lazy: scanner.take('?') };
  const following = scanner.at;
  if (parseBounds(scanner) !== undefined) throw new RegexFault(`nothing to repeat at ${following}`);
  return repeated;
}

function parseBounds(scanner: Scanner): readonly [number, number] | undefined {
  if (scanner.done || !'*+?{'.includes(scanner.peek())) return undefined;
  if (scanner.take('*')) return [0, Number.POSITIVE_INFINITY];
  if (scanner.take('+')) return [1, Number.POSITIVE_INFINITY];
  if (scanner.take('?')) return [0, 1];
  // Anything else in braces is plain text in PCRE.
  const text = scanner.match(/\{(\d{1,5}(?:,\d{0,5})?)\}/y);
  if (text === undefined) return undefined;
  const [min, max] = text.split(',');
  return [Number(min), max === undefined ? Number(min) : max === '' ? Number.POSITIVE_INFINITY : Number(max)];
}
