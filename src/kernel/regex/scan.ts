import { RegexFault } from './syntax.ts';

/** Reads a pattern from left to right. */
export class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Index of the next character. */
  get at(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character, "" at the end. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  /** Takes one character; "" at the end. */
  next(): string {
    const letter = this.#text.charAt(this.#at);
    this.#at += letter.length;
    return letter;
  }

  /** Takes `expected` if it comes next, and says whether it did. */
  take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  /** Takes what a sticky expression matches, and returns its first group; undefined when it does not match here. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text);
    if (found === null) return undefined;
    this.#at = expression.lastIndex;
    return found[1] ?? '';
  }

  /** Up to `length` of the characters to come, for messages. */
  rest(length: number): string {
    return this.#text.slice(this.#at, this.#at + length);
  }
}

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['e', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
]);

/**
 * Reads what follows a backslash that stands for one character, and returns its code unit.
 * @throws RegexFault for a letter or digit that PCRE gives another meaning or none.
 */
export function parseCharacterEscape(scanner: Scanner): number {
  const at = scanner.at - 1;
  const braced = scanner.match(/x\{([0-9a-fA-F]{1,4})\}/y) ?? scanner.match(/x([0-9a-fA-F]{2})/y);
  if (braced !== undefined) return Number.parseInt(braced, 16);
  const octal = scanner.match(/(0[0-7]{0,2})/y);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  const control = scanner.match(/c([\x20-\x7e])/y);
  if (control !== undefined) return control.toUpperCase().charCodeAt(0) ^ 0x40;
  if (scanner.done) throw new RegexFault('"\\" at the end of the pattern');
  const letter = scanner.next();
  const known = controls.get(letter);
  if (known !== undefined) return known;
  if (/[A-Za-z0-9]/.test(letter)) throw new RegexFault(`"\\${letter}" at ${at} is not supported`);
  return letter.charCodeAt(0);
}
