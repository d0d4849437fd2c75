import type { Facts } from '../expressions/facts.ts';
import type { RouteMatch, RouteTarget } from '../types.ts';

/** What a route asks of a request beyond what the index knows: an expression, compiled. */
export interface Condition<T extends RouteTarget> {
  readonly holds: (facts: Facts) => boolean;
  /** True when it is the route's own expression, which then says what matched; false for one added to a route's fields. */
  readonly isExpression: boolean;
  /** What evaluating it costs, in regular expressions that V8 runs. */
  readonly effort: number;
  /** True when it depends on more of a request than the key of remembered outcomes holds. */
  readonly looksBeyondKey: boolean;
  /** Outcomes without captures, by the path that matched, made when they are first needed. */
  readonly matches: Map<string | undefined, RouteMatch<T>>;
}
