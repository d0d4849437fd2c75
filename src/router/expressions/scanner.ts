import { ExpressionFault } from './syntax.ts';

/**
 * Rules of the grammar in the order in which Kong's grammar declares them: the order in which a message lists what was
 * expected.
 */
const ruleOrder = [
  'EOI',
  'ident',
  'rhs',
  'transform_func',
  'lhs',
  'int_literal',
  'hex_digits',
  'oct_digits',
  'dec_digits',
  'str_literal',
  'str_char',
  'str_esc',
  'rawstr_literal',
  'rawstr_char',
  'ipv4_literal',
  'ipv6_literal',
  'ipv4_cidr_literal',
  'ipv6_cidr_literal',
  'binary_operator',
  'and_op',
  'or_op',
  'not_op',
  'predicate',
  'parenthesised_expression',
  'term',
  'expression',
  'matcher',
] as const;

/** A rule of Kong's grammar, as messages name it. */
export type Rule = (typeof ruleOrder)[number];

/**
 * A place in a text, and which rules failed farthest in it: that is what a message says was expected. The bookkeeping is
 * that of the parser generator that Kong's router is built with (pest 2.7), so that messages are the same.
 */
export class Scanner {
  readonly text: string;
  at = 0;
  #farthest = 0;
  #expected: Rule[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** Runs a rule; when it fails, goes back to where it began and notes that it was expected there. */
  rule<T>(name: Rule, run: () => T | undefined): T | undefined {
    const start = this.at;
    const isThere = start === this.#farthest;
    const kept = isThere ? this.#expected.length : 0;
    const before = this.#attemptsAt(start);
    const found = run();
    if (found !== undefined) return found;
    this.at = start;
    this.#track(name, start, kept, before);
    return undefined;
  }

  #attemptsAt(place: number): number {
    return this.#farthest === place ? this.#expected.length : 0;
  }

  #track(name: Rule, place: number, kept: number, before: number): void {
    // A rule that failed at its beginning stands for the rules within it, unless just one of them was tried.
    if (this.#attemptsAt(place) - before === 1) return;
    if (place === this.#farthest) this.#expected.length = kept;
    if (place > this.#farthest) {
      this.#expected = [];
      this.#farthest = place;
    }
    if (place === this.#farthest) this.#expected.push(name);
  }

  /** Passes over the text if it is there. */
  take(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes over what a sticky pattern finds here, and hands it back. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  skipSpace(): void {
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
  }

  get isAtEnd(): boolean {
    return this.at === this.text.length;
  }

  /** The message for a text that the grammar refuses. */
  failure(): ExpressionFault {
    const names = ruleOrder.filter((rule) => this.#expected.includes(rule));
    const last = names.at(-1) ?? '';
    const list =
      names.length > 2
        ? `${names.slice(0, -1).join(', ')}, or ${last}`
        : names.length === 2
          ? names.join(' or ')
          : last;
    return this.fault(`expected ${list}`, this.#farthest);
  }

  /** A message that points to a place, or to a span of the text. */
  fault(message: string, start: number, end?: number): ExpressionFault {
    const { text } = this;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const lineEnd = text.indexOf('\n', start);
    const line = text.slice(lineStart, lineEnd === -1 ? text.length : lineEnd + 1);
    const number = `${text.slice(0, lineStart).split('\n').length}`;
    const before = Array.from(text.slice(lineStart, start));
    const isBreak = end === undefined && (text[start] === '\n' || text[start] === '\r');
    const shown = isBreak
      ? line.replaceAll('\r', '\u240d').replaceAll('\n', '\u240a')
      : line.replaceAll('\r', '').replaceAll('\n', '');
    const indent = before.map((char) => (char === '\t' ? '\t' : ' ')).join('');
    const space = ' '.repeat(number.length);
    return new ExpressionFault(
      [
        `${space}--> ${number}:${before.length + 1}`,
        `${space} |`,
        `${number} | ${shown}`,
        `${space} | ${indent}${end === undefined ? '^---' : underline(Array.from(text.slice(start, end)).length)}`,
        `${space} |`,
        `${space} = ${message}`,
      ].join('\n'),
    );
  }
}

function underline(length: number): string {
  return length < 2 ? '^' : `^${'-'.repeat(length - 2)}^`;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}
