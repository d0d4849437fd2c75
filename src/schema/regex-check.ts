import { compileSafeRegex } from '../kernel/index.ts';

/**
 * What is wrong with a regular expression that a user gave, or undefined when it compiles into one that is safe to run; it
 * is not run here. Common faults are worded as PCRE words them.
 */
export function checkRegex(pattern: string): string | undefined {
  try {
    compileSafeRegex(pattern, '', { anchored: true });
    return undefined;
  } catch (thrown) {
    const { cause } = thrown as { readonly cause?: unknown };
    const reason = cause instanceof Error ? cause.message : String(thrown);
    const known = faults.find(([ours]) => reason.startsWith(ours));
    return known === undefined ? reason : `pcre2_compile() failed: ${known[1]} in "${pattern}"`;
  }
}

const faults: readonly (readonly [ours: string, pcre: string])[] = [
  ['unclosed group', 'missing closing parenthesis'],
  ['unmatched ")"', 'unmatched closing parenthesis'],
  ['unclosed class', 'missing terminating ] for character class'],
  ['unclosed comment', 'missing ) after (?# comment'],
  ['nothing to repeat', 'quantifier does not follow a repeatable item'],
  ['range out of order', 'range out of order in character class'],
  ['numbers out of order', 'numbers out of order in {} quantifier'],
  ['"\\" at the end', '\\ at end of pattern'],
];
