import { type Argument, parsePairs } from './pairs.ts';

/** The arguments of a query string. A name without `=` has the value true. */
export interface Query {
  /** The first value of `name`; undefined when there is none. */
  get(name: string): string | true | undefined;
  /** True when `name` was given more than once. */
  repeated(name: string): boolean;
}

/** Reads a query string (without the question mark); undefined when there are too many arguments. */
export function parseQuery(text: string): Query | undefined {
  if (text === '') return emptyQuery;
  const pairs = parsePairs(text);
  return pairs === undefined ? undefined : createQuery(pairs);
}

/** A query without arguments. */
export const emptyQuery: Query = { get: () => undefined, repeated: () => false };

function createQuery(pairs: readonly Argument[]): Query {
  const values = new Map<string, (string | true)[]>();
  for (const [name, value] of pairs) {
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return {
    get: (name) => values.get(name)?.[0],
    repeated: (name) => (values.get(name)?.length ?? 0) > 1,
  };
}
