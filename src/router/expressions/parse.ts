import { compileSafeRegex, messageOf } from '../../kernel/index.ts';
import { byteText } from '../byte-text.ts';
import { type Found, scanLiteral } from './literals.ts';
import { Scanner } from './scanner.ts';
import { type Expression, ExpressionFault, type Literal, limits, type Operator, type Predicate } from './syntax.ts';

/**
 * Parses an expression of Kong's language (atc-router 1.6.2, of Kong 3.9). As there, `||` binds more tightly than `&&`,
 * and `!` stands before parentheses only.
 * @throws ExpressionFault with Kong's message, or where the expression goes beyond {@link limits}.
 */
export function parseExpression(text: string): Expression {
  if (text.length > limits.length) {
    throw new ExpressionFault(`the expression has ${text.length} characters: ${limits.length} are the most`);
  }
  return new Parser(text).parse();
}

// The order matters: a longer one goes before its beginning.
const operators = /==|!=|~|\^=|=\^|>=|>|<=|<|in|not[ \t\r\n]*in|contains/y;

class Parser {
  readonly #scanner: Scanner;
  /** The first thing that is well written and still wrong; what is badly written goes before it. */
  #fault: ExpressionFault | undefined;
  #depth = 0;
  #regexes = 0;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  parse(): Expression {
    const scanner = this.#scanner;
    const found = scanner.rule('matcher', () => {
      scanner.skipSpace();
      const expression = this.#expression();
      if (expression === undefined) return undefined;
      scanner.skipSpace();
      return scanner.rule('EOI', () => (scanner.isAtEnd ? expression : undefined));
    });
    if (found === undefined) throw scanner.failure();
    if (this.#fault !== undefined) throw this.#fault;
    return found;
  }

  #expression(): Expression | undefined {
    const scanner = this.#scanner;
    return scanner.rule('expression', () => {
      const first = this.#term();
      if (first === undefined) return undefined;
      const all: Expression[] = [];
      let alternatives = [first];
      for (;;) {
        const before = scanner.at;
        scanner.skipSpace();
        const operator = this.#logical();
        if (operator !== undefined) scanner.skipSpace();
        const term = operator === undefined ? undefined : this.#term();
        if (term === undefined) {
          scanner.at = before;
          break;
        }
        if (operator === '||') alternatives.push(term);
        else {
          all.push(joined('or', alternatives));
          alternatives = [term];
        }
      }
      all.push(joined('or', alternatives));
      return joined('and', all);
    });
  }

  #logical(): '&&' | '||' | undefined {
    const scanner = this.#scanner;
    return (
      scanner.rule('and_op', () => (scanner.take('&&') ? '&&' : undefined)) ??
      scanner.rule('or_op', () => (scanner.take('||') ? '||' : undefined))
    );
  }

  #term(): Expression | undefined {
    return this.#scanner.rule('term', () => this.#predicate() ?? this.#parenthesised());
  }

  #parenthesised(): Expression | undefined {
    const scanner = this.#scanner;
    return scanner.rule('parenthesised_expression', () => {
      const isNegated = scanner.rule('not_op', () => (scanner.take('!') ? true : undefined)) === true;
      if (isNegated) scanner.skipSpace();
      if (!scanner.take('(')) return undefined;
      scanner.skipSpace();
      const item = this.#within(() => this.#expression());
      if (item === undefined) return undefined;
      scanner.skipSpace();
      if (!scanner.take(')')) return undefined;
      return isNegated ? { kind: 'not', item } : item;
    });
  }

  #within<T>(run: () => T): T {
    this.#depth += 1;
    if (this.#depth > limits.depth) {
      throw new ExpressionFault(`the expression is nested too deeply: ${limits.depth} levels are the most`);
    }
    const found = run();
    this.#depth -= 1;
    return found;
  }

  #predicate(): Predicate | undefined {
    const scanner = this.#scanner;
    return scanner.rule('predicate', () => {
      const left = this.#left();
      if (left === undefined) return undefined;
      scanner.skipSpace();
      const operator = scanner.rule('binary_operator', () => scanner.match(operators));
      if (operator === undefined) return undefined;
      scanner.skipSpace();
      const start = scanner.at;
      const literal = scanLiteral(scanner);
      if (literal === undefined) return undefined;
      return {
        kind: 'predicate',
        ...left,
        // Kong's grammar lets any space stand between the two words, and none.
        operator: (operator.startsWith('not') ? 'not in' : operator) as Operator,
        value: this.#valueOf(operator, literal, start),
      };
    });
  }

  #valueOf(operator: string, { value, fault }: Found<Literal>, start: number): Literal {
    const scanner = this.#scanner;
    this.#fault ??= fault;
    if (operator !== '~') return value;
    if (value.type !== 'String') {
      this.#fault ??= scanner.fault('regex operator can only be used with String operands', start, scanner.at);
      return value;
    }
    return this.#regexOf(value.text, start) ?? value;
  }

  #regexOf(pattern: string, start: number): Literal | undefined {
    this.#regexes += 1;
    if (this.#regexes > limits.regexes) {
      throw new ExpressionFault(`the expression has too many regexes: ${limits.regexes} are the most`);
    }
    try {
      return { type: 'Regex', pattern, regex: compileSafeRegex(byteText(pattern)) };
    } catch (thrown) {
      const { cause } = thrown as { readonly cause?: unknown };
      const reason = `regex parse error:\n    ${pattern}\nerror: ${messageOf(cause ?? thrown)}`;
      this.#fault ??= this.#scanner.fault(reason, start, this.#scanner.at);
      return undefined;
    }
  }

  #left(): Left | undefined {
    return this.#scanner.rule('lhs', () => this.#transformed() ?? this.#field());
  }

  #field(): Left | undefined {
    const field = this.#ident();
    return field === undefined ? undefined : { field, lower: false, any: false };
  }

  #ident(): string | undefined {
    return this.#scanner.rule('ident', () => this.#scanner.match(/[A-Za-z][A-Za-z0-9_.]*/y));
  }

  #transformed(): Left | undefined {
    const scanner = this.#scanner;
    return scanner.rule('transform_func', () => {
      const start = scanner.at;
      const name = this.#ident();
      if (name === undefined) return undefined;
      scanner.skipSpace();
      if (!scanner.take('(')) return undefined;
      scanner.skipSpace();
      const left = this.#within(() => this.#left());
      if (left === undefined) return undefined;
      scanner.skipSpace();
      if (!scanner.take(')')) return undefined;
      if (name === 'lower') return { ...left, lower: true };
      if (name === 'any') return { ...left, any: true };
      this.#fault ??= scanner.fault(`unknown transformation function: ${name}`, start, scanner.at);
      return left;
    });
  }
}

type Left = Pick<Predicate, 'field' | 'lower' | 'any'>;

function joined(kind: 'and' | 'or', items: readonly Expression[]): Expression {
  return items.length === 1 ? items[0]! : { kind, items };
}
