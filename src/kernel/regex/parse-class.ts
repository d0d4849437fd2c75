import { type CharSet, charSet, complementOf, escapeSets, foldCase, posixSets, unionOf } from './charset.ts';
import { parseCharacterEscape, type Scanner } from './scan.ts';
import { RegexFault } from './syntax.ts';

/**
 * Reads a class up to and with its closing bracket; the opening one is taken already.
 * @throws RegexFault for an unclosed class, a range that runs backwards, an unknown POSIX name.
 */
export function parseClass(scanner: Scanner, ignoreCase: boolean): CharSet {
  const start = scanner.at - 1;
  const negated = scanner.take('^');
  const parts: CharSet[] = [];
  let isFirst = true;
  while (isFirst || scanner.peek() !== ']') {
    if (scanner.done) throw new RegexFault(`unclosed class at ${start}`);
    parts.push(parsePart(scanner, start));
    isFirst = false;
  }
  scanner.next();
  // Folding comes before the complement: [^a] that ignores case is neither "a" nor "A".
  const union = unionOf(...parts);
  const set = ignoreCase ? foldCase(union) : union;
  return negated ? complementOf(set) : set;
}

function parsePart(scanner: Scanner, start: number): CharSet {
  const low = parseMember(scanner);
  if (typeof low !== 'number') return low;
  const dash = scanner.at;
  if (scanner.rest(2).length < 2 || scanner.rest(2) === '-]' || !scanner.take('-')) return charSet([low, low]);
  const high = parseMember(scanner);
  // PCRE reads the dash in [a-\d] as itself.
  if (typeof high !== 'number') return unionOf(charSet([low, low], [0x2d, 0x2d]), high);
  if (high < low) throw new RegexFault(`range out of order at ${dash} in the class at ${start}`);
  return charSet([low, high]);
}

function parseMember(scanner: Scanner): number | CharSet {
  const posix = scanner.match(/\[:(\^?[a-z]+):\]/y);
  if (posix !== undefined) {
    const set = posixSets.get(posix.replace('^', ''));
    if (set === undefined) throw new RegexFault(`unknown class "[:${posix}:]"`);
    return posix.startsWith('^') ? complementOf(set) : set;
  }
  if (!scanner.take('\\')) return scanner.next().charCodeAt(0);
  const set = escapeSets.get(scanner.peek());
  if (set !== undefined) {
    scanner.next();
    return set;
  }
  if (scanner.take('b')) return 0x08;
  return parseCharacterEscape(scanner);
}
