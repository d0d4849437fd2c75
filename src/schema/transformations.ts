import { mutuallyRequired } from './checkers.ts';
import type { Transformation } from './entity.ts';
import type { FieldErrors } from './fields.ts';
import type { Row } from './infer.ts';
import type { Merge } from './merge.ts';
import { quotedList } from './messages.ts';
import { pathOf } from './paths.ts';
import { addEntityProblem, type Bag, isNonEmpty, valueAt } from './values.ts';

/**
 * Finds transformations of which something but not all they read was given: a password cannot be hashed without the
 * consumer whose id goes into the hash. `given` is the caller's own input, `stored` the row that it updates.
 */
export function checkTransformations(
  transformations: readonly Transformation[],
  row: Row,
  given: Row,
  stored: Row | undefined,
  before: FieldErrors | undefined,
): FieldErrors | undefined {
  let errors = before;
  for (const { input = [], needs = [] } of transformations) {
    const isChanged = stored !== undefined && needs.some((name) => at(given, name) !== at(stored, name));
    if (!isChanged && !input.some((name) => isNonEmpty(at(given, name)))) continue;
    const names = [...input, ...needs];
    const failed = !areAllOrNoneSet(isChanged ? given : row, names)
      ? names
      : areAllOrNoneSet(given, input)
        ? undefined
        : input;
    if (failed === undefined) continue;
    errors ??= {};
    addEntityProblem(errors, `${mutuallyRequired}: ${quotedList(failed)}`);
  }
  return errors;
}

/** Rewrites a valid row, each transformation seeing what those before it made. */
export function runTransformations(
  transformations: readonly Transformation[],
  row: Row,
  given: Row,
  merge: Merge,
): Row {
  let result = row;
  for (const { input = [], needs = [], on_write } of transformations) {
    const source = result === row ? given : result;
    if (!input.every((name) => isNonEmpty(at(source, name)))) continue;
    if (!needs.every((name) => isNonEmpty(at(result, name)))) continue;
    // Spread first, so that the row keeps the order of its fields.
    result = { ...result, ...merge(on_write(result as never) as Bag, result) };
  }
  return result;
}

function areAllOrNoneSet(row: Row, names: readonly string[]): boolean {
  const count = names.filter((name) => isNonEmpty(at(row, name))).length;
  return count === 0 || count === names.length;
}

function at(row: Row, name: string): unknown {
  return valueAt(row, pathOf(name));
}
