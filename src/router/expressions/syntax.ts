import type { SafeRegex } from '../../kernel/index.ts';

/** What a predicate compares with. */
export type Operator = '==' | '!=' | '~' | '^=' | '=^' | '>' | '>=' | '<' | '<=' | 'in' | 'not in' | 'contains';

/** What stands on the right of an operator. Texts are as written, not yet one character per byte. */
export type Literal =
  | { readonly type: 'String'; readonly text: string }
  | { readonly type: 'Int'; readonly number: number }
  /** `text` is as written, `/16` at its end for a network. */
  | { readonly type: 'IpAddr' | 'IpCidr'; readonly text: string }
  | { readonly type: 'Regex'; readonly pattern: string; readonly regex: SafeRegex };

/** One comparison. */
export interface Predicate {
  readonly kind: 'predicate';
  readonly field: string;
  readonly lower: boolean;
  /** One value of several is enough; without it each of them must do. */
  readonly any: boolean;
  readonly operator: Operator;
  readonly value: Literal;
}

/** A parsed expression. Chains of one operator lie in one list, so that a long chain is not a deep tree. */
export type Expression =
  | Predicate
  | { readonly kind: 'and' | 'or'; readonly items: readonly Expression[] }
  | { readonly kind: 'not'; readonly item: Expression };

/** The predicates of an expression from left to right. */
export function* predicatesOf(expression: Expression): Generator<Predicate> {
  if (expression.kind === 'predicate') yield expression;
  else if (expression.kind === 'not') yield* predicatesOf(expression.item);
  else for (const item of expression.items) yield* predicatesOf(item);
}

/** Why an expression is refused; {@link ExpressionFault.message} is for the one who wrote it. */
export class ExpressionFault extends Error {}

/** How large an expression may be, so that none can hold up the gateway. */
export const limits = Object.freeze({
  /** UTF-16 units. */
  length: 65_536,
  /** Parentheses, negations and transformations within one another. */
  depth: 100,
  regexes: 100,
});
