import type { EntityCheck, Field, FieldErrors, FieldProblem, Fields, Match } from './fields.ts';
import type { Row } from './infer.ts';
import { fill, quotedList, texts } from './messages.ts';
import { fieldAt, type Path, pathOf } from './paths.ts';
import type { Run } from './run.ts';
import type { Validate } from './validate.ts';
import { isNonEmpty, setOwn, valueAt } from './values.ts';

/** A failed check: a text for the entity as a whole, texts by field, a problem at one path. */
export interface Failure {
  readonly text?: string;
  readonly fields?: FieldErrors;
  readonly at?: { readonly path: Path; readonly problem: FieldProblem };
}

/** A compiled check: what it reads, when it is left out, and what it finds. */
export interface Checker {
  readonly sources: readonly string[];
  /** Sources that must be there for the check to run; the others may be absent. */
  readonly required: readonly string[];
  /** Runs on a whole row even when all its sources are absent. */
  readonly runsWithNothing?: boolean;
  /** Runs although a source has a problem already. */
  readonly runsWithInvalid?: boolean;
  /** True for code from outside, which must not see values that have problems at any depth. */
  readonly isCustom?: boolean;
  readonly find: (row: Row, run: Run) => Failure | undefined;
}

/** What making a checker needs: the fields that paths lead to, and a way to judge a value by a field. */
export interface CheckerContext {
  readonly fields: Fields;
  readonly compile: (field: Field) => Validate;
}

type CheckName = EntityCheck extends infer C ? (C extends unknown ? keyof C : never) : never;
type ArgumentOf<N extends CheckName> = Extract<EntityCheck, { readonly [K in N]: unknown }>[N];
type Makers = { readonly [N in CheckName]: (argument: ArgumentOf<N>, context: CheckerContext) => Checker };

const makers: Makers = {
  at_least_one_of: (names) => ({
    sources: names,
    required: [],
    runsWithNothing: true,
    runsWithInvalid: true,
    find: compileOneOf(names, undefined),
  }),
  only_one_of: (names) => ({
    sources: names,
    required: names,
    runsWithInvalid: true,
    find: compileCount(names, 'exactly one of these fields must be non-empty', (count) => count === 1),
  }),
  mutually_required: (names) => ({
    sources: names,
    required: [],
    runsWithNothing: true,
    find: compileCount(names, mutuallyRequired, (count) => count === 0 || count === names.length),
  }),
  mutually_exclusive: (names) => ({
    sources: names,
    required: [],
    runsWithNothing: true,
    find: compileCount(names, 'only one or none of these fields must be set', (count) => count < 2),
  }),
  mutually_exclusive_sets: ({ set1, set2 }) => ({
    sources: [...set1, ...set2],
    required: [],
    runsWithNothing: true,
    find: (row) => {
      const first = set1.filter((name) => isNonEmpty(valueAt(row, pathOf(name))));
      const second = set2.filter((name) => isNonEmpty(valueAt(row, pathOf(name))));
      if (first.length === 0 || second.length === 0) return undefined;
      return { text: `these sets are mutually exclusive: ${quotedList([first, second])}` };
    },
  }),
  distinct: (names) => {
    const paths = names.map(pathOf);
    const failure = { text: `values of these fields must be distinct: ${quotedList(names)}` };
    return {
      sources: names,
      required: names,
      runsWithInvalid: true,
      find: (row) => {
        const values = paths.map((path) => valueAt(row, path)).filter(isNonEmpty);
        return new Set(values).size === values.length ? undefined : failure;
      },
    };
  },
  conditional: ({ if_field, if_match, then_field, then_match, then_err }, context) => {
    const ifPath = pathOf(if_field);
    const path = pathOf(then_field);
    const matches = compileMatch(ifPath, if_match, context);
    const judge = compileMatch(path, then_match, context);
    const text = `failed conditional validation given value of field '${if_field}'`;
    const custom = then_err === undefined ? text : fill(then_err, if_field);
    // Most conditions are about fields that most rows leave out: no need to look at the other field then.
    const isNullGood = acceptsNull({ ...fieldAt(context.fields, path), ...then_match });
    return {
      sources: [if_field, then_field],
      required: [if_field],
      runsWithInvalid: true,
      find: (row, run) => {
        const value = valueAt(row, path) ?? null;
        if (value === null && isNullGood) return undefined;
        if (matches(valueAt(row, ifPath), run) !== undefined) return undefined;
        if (then_match.required === true && value === null) return { text, at: { path, problem: texts.required } };
        const problem = judge(value, run);
        return problem === undefined ? undefined : { text: custom, at: { path, problem } };
      },
    };
  },
  conditional_at_least_one_of: (argument, context) => {
    const { if_field, then_at_least_one_of, else_match, else_then_at_least_one_of = [] } = argument;
    const path = pathOf(if_field);
    const matches = compileMatch(path, argument.if_match, context);
    const elseMatches = else_match === undefined ? undefined : compileMatch(path, else_match, context);
    const find = compileOneOf(then_at_least_one_of, argument.then_err);
    const elseFind = compileOneOf(else_then_at_least_one_of, argument.else_then_err);
    return {
      sources: [if_field, ...then_at_least_one_of, ...else_then_at_least_one_of],
      required: [],
      runsWithNothing: true,
      runsWithInvalid: true,
      find: (row, run) => {
        const value = valueAt(row, path);
        if (value === undefined) return undefined;
        const failure = find(row, run);
        const elseFailure = elseMatches === undefined ? undefined : elseFind(row, run);
        // Most rows have what either branch asks for: no need to know which branch it is.
        if (failure === undefined && elseFailure === undefined) return undefined;
        if (matches(value, run) === undefined) return failure;
        return elseMatches?.(value, run) === undefined ? elseFailure : undefined;
      },
    };
  },
  custom_entity_check: ({ field_sources, fn, run_with_missing_fields, run_with_invalid_fields }) => {
    const project = compileProjection(field_sources);
    return {
      sources: field_sources,
      required: run_with_missing_fields === true ? [] : field_sources,
      runsWithInvalid: run_with_invalid_fields === true,
      isCustom: true,
      find: (row) => {
        const found = fn(project(row));
        if (found === undefined) return undefined;
        return typeof found === 'string' ? { text: found } : { fields: found };
      },
    };
  },
};

/** Compiles one entity check. */
export function compileChecker(check: EntityCheck, context: CheckerContext): Checker {
  const [name, argument] = Object.entries(check)[0] as [CheckName, never];
  return (makers[name] as (argument: never, context: CheckerContext) => Checker)(argument, context);
}

/** How the text begins for fields of which some but not all are set. */
export const mutuallyRequired = 'all or none of these fields must be set';

function compileCount(names: readonly string[], text: string, isGood: (count: number) => boolean): Checker['find'] {
  const paths = names.map(pathOf);
  const failure = { text: `${text}: ${quotedList(names)}` };
  return (row) => (isGood(countNonEmpty(row, paths)) ? undefined : failure);
}

function compileOneOf(names: readonly string[], err: string | undefined): Checker['find'] {
  const paths = names.map(pathOf);
  const list = quotedList(names);
  const text = err === undefined ? `at least one of these fields must be non-empty: ${list}` : fill(err, list);
  return (row, run) => {
    for (const path of paths) if (isNonEmpty(at(row, path))) return undefined;
    return { text: err === undefined && run.mode === 'update' ? `when updating, ${text}` : text };
  };
}

/** Judges a value by the field at a path, whose attributes the match adds to and replaces. */
function compileMatch(path: Path, match: Match, { fields, compile }: CheckerContext): Validate {
  const judge = compile({ type: 'any', ...fieldAt(fields, path), ...match } as Field);
  return (value, run) => (value === undefined ? undefined : judge(value, run));
}

function countNonEmpty(row: Row, paths: readonly Path[]): number {
  let count = 0;
  for (const path of paths) if (isNonEmpty(at(row, path))) count += 1;
  return count;
}

function at(row: Row, path: Path): unknown {
  return path.length === 1 ? row[path[0]!] : valueAt(row, path);
}

function acceptsNull({ required, eq, ne }: Pick<Match, 'required' | 'eq' | 'ne'>): boolean {
  return required !== true && ne !== null && (eq === undefined || eq === null);
}

/** Compiles the copying of a row with nothing in it but the values of some fields. */
function compileProjection(names: readonly string[]): (row: Row) => Row {
  if (names.every((name) => !name.includes('.'))) {
    return (row) => {
      const part: Record<string, unknown> = {};
      for (const name of names) if (row[name] !== undefined) part[name] = row[name];
      return part;
    };
  }
  const paths = names.map(pathOf);
  return (row) => projectDeep(row, paths);
}

function projectDeep(row: Row, paths: readonly Path[]): Row {
  const part: Record<string, unknown> = {};
  const copies = new Set<unknown>([part]);
  for (const path of paths) {
    const value = valueAt(row, path);
    if (value === undefined) continue;
    let level = part;
    for (const step of path.slice(0, -1)) {
      if (!Object.hasOwn(level, step)) {
        const copy = {};
        copies.add(copy);
        setOwn(level, step, copy);
      }
      level = level[step] as Record<string, unknown>;
      // A record that is there as a whole has the value already.
      if (!copies.has(level)) break;
    }
    if (copies.has(level)) setOwn(level, path.at(-1)!, value);
  }
  return part;
}
