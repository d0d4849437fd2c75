/**
 * Says whether a regular expression given by a user is one; it is never run here. Patterns are written for PCRE, so what
 * PCRE knows and JavaScript does not is rewritten before the attempt.
 */

/** What is wrong with a pattern, worded like PCRE's own error where the fault is a common one; undefined when it compiles. */
export function checkRegex(pattern: string): string | undefined {
  try {
    new RegExp(translatePcre(pattern));
    return undefined;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const reason = message.slice(message.lastIndexOf(': ') + 2);
    return `pcre2_compile() failed: ${reasons[reason] ?? reason} in "${pattern}"`;
  }
}

const reasons: Readonly<Record<string, string>> = {
  'Unterminated group': 'missing closing parenthesis',
  "Unmatched ')'": 'unmatched closing parenthesis',
  'Unterminated character class': 'missing terminating ] for character class',
  'Nothing to repeat': 'quantifier does not follow a repeatable item',
  'Range out of order in character class': 'range out of order in character class',
  'numbers out of order in {} quantifier': 'numbers out of order in {} quantifier',
  'Invalid group': 'unrecognized character after (? or (?-',
  'Invalid capture group name': 'subpattern name expected',
  'Duplicate capture group name': 'two named subpatterns have the same name (PCRE2_DUPNAMES not set)',
};

const bracketClasses: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: ' \\t',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '\\x21-\\x7E',
  lower: 'a-z',
  print: '\\x20-\\x7E',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

const escapes: Readonly<Record<string, string>> = { A: '^', z: '$', Z: '$', h: '[ \\t]', R: '(?:\\r\\n|\\n|\\r)' };

/** Rewrites a PCRE pattern into one that JavaScript compiles if and only if PCRE would, in all but rare corners. */
function translatePcre(pattern: string): string {
  const lastClosing = pattern.lastIndexOf(')');
  let out = '';
  let inClass = false;
  let afterQuantifier = false;
  for (let at = 0; at < pattern.length; ) {
    const char = pattern[at]!;
    const rest = pattern.slice(at, at + 24);
    let piece = char;
    let length = 1;
    let isQuantifier = false;
    if (char === '\\') {
      const next = pattern[at + 1] ?? '';
      if (next === 'Q') {
        const end = pattern.indexOf('\\E', at + 2);
        const quoted = pattern.slice(at + 2, end === -1 ? pattern.length : end);
        piece = quoted.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
        length = quoted.length + (end === -1 ? 2 : 4);
      } else {
        piece = (inClass ? undefined : escapes[next]) ?? char + next;
        length = 1 + next.length;
      }
    } else if (inClass) {
      const name = /^\[:(\^?)([a-z]+):\]/.exec(rest);
      if (name !== null && name[1] === '' && Object.hasOwn(bracketClasses, name[2]!)) {
        piece = bracketClasses[name[2]!]!;
        length = name[0].length;
      } else if (char === ']') {
        inClass = false;
      }
    } else if (char === '[') {
      inClass = true;
      // PCRE takes a bracket that comes first in a class for itself.
      const first = /^\[\^?\]/.exec(rest);
      if (first !== null) {
        piece = `${first[0].slice(0, -1)}\\]`;
        length = first[0].length;
      }
    } else if (char === '(') {
      const group = /^\((?:\?P<|\?>|\?\||\?#|\?[imsxJU-]+(?=[:)])|\*[A-Z_]+\))/.exec(rest);
      if (group !== null) {
        [piece, length] = at < lastClosing ? translateGroup(pattern, at, group[0]) : ['(', 1];
      }
    } else if (char === '+' && afterQuantifier) {
      // A possessive quantifier.
      piece = '';
    } else {
      isQuantifier = !afterQuantifier && (char === '*' || char === '+' || char === '?' || char === '}');
    }
    afterQuantifier = isQuantifier;
    out += piece;
    at += length;
  }
  return out;
}

function translateGroup(pattern: string, at: number, opening: string): [piece: string, length: number] {
  if (opening === '(?P<') return ['(?<', 4];
  if (opening === '(?>' || opening === '(?|') return ['(?:', 3];
  if (opening === '(?#') return ['', pattern.indexOf(')', at) + 1 - at];
  if (opening.startsWith('(*')) return ['', opening.length];
  // Inline flags: a group of its own `(?i:` or a switch `(?i)` for what follows.
  const end = at + opening.length;
  return pattern[end] === ':' ? ['(?:', opening.length + 1] : ['', opening.length + 1];
}
