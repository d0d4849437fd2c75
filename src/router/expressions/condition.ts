import type { Condition } from '../traditional/condition.ts';
import type { RouteTarget } from '../types.ts';
import { compileExpression } from './evaluate.ts';
import { type Expression, predicatesOf } from './syntax.ts';

/** Fields that the key of remembered outcomes holds. */
const keyed = /^(?:net\.protocol|net\.dst\.port|tls\.sni|http\.method|http\.host|http\.path(?:\.segments\..*)?)$/;

/** A predicate without a regular expression costs about this part of one. */
const plainEffort = 0.25;

/** Compiles an expression that was checked into a condition of a route. */
export function createCondition<T extends RouteTarget>(expression: Expression, isExpression: boolean): Condition<T> {
  let effort = 0;
  let looksBeyondKey = false;
  for (const { field, value } of predicatesOf(expression)) {
    effort += value.type !== 'Regex' ? plainEffort : value.regex.engine === 'v8' ? 1 : 8;
    if (!keyed.test(field)) looksBeyondKey = true;
  }
  return { holds: compileExpression(expression), isExpression, effort, looksBeyondKey, matches: new Map() };
}
