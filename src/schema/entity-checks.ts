import { type Checker, type CheckerContext, compileChecker } from './checkers.ts';
import type { EntityCheck, FieldErrors } from './fields.ts';
import type { Row } from './infer.ts';
import { fieldAt, type Path, pathOf } from './paths.ts';
import type { Run } from './run.ts';
import { addEntityProblem, hasProblemAt, isReference, setOwn, setProblem, valueAt } from './values.ts';

/** Runs entity checks on a judged record, adding to the problems found so far. */
export type RunChecks = (row: Row, errors: FieldErrors | undefined, run: Run) => FieldErrors | undefined;

interface Source {
  readonly path: Path;
  readonly isRequired: boolean;
  readonly isReferenceable: boolean;
}

/** Compiles the entity checks of a record; undefined when there are none. */
export function compileEntityChecks(checks: readonly EntityCheck[], context: CheckerContext): RunChecks | undefined {
  if (checks.length === 0) return undefined;
  const compiled = checks.map((check) => {
    const checker = compileChecker(check, context);
    return { checker, sources: checker.sources.map((name) => compileSource(name, checker, context)) };
  });
  return (row, before, run) => {
    let errors = before;
    for (const { checker, sources } of compiled) errors = runCheck(checker, sources, row, errors, run);
    return errors;
  };
}

function compileSource(name: string, checker: Checker, { fields }: CheckerContext): Source {
  const path = pathOf(name);
  const field = fieldAt(fields, path);
  return {
    path,
    isRequired: checker.required.includes(name),
    isReferenceable: field?.type === 'string' && field.referenceable === true,
  };
}

function runCheck(
  checker: Checker,
  sources: readonly Source[],
  row: Row,
  before: FieldErrors | undefined,
  run: Run,
): FieldErrors | undefined {
  let missing: Path[] | undefined;
  let isAllAbsent = true;
  for (const { path, isRequired, isReferenceable } of sources) {
    const value = path.length === 1 ? row[path[0]!] : valueAt(row, path);
    if (value === undefined) {
      if (isRequired) missing = [...(missing ?? []), path];
    } else {
      isAllAbsent = false;
      // What a vault will give is not known yet.
      if (isReferenceable && isReference(value)) return before;
    }
    if (before !== undefined && checker.runsWithInvalid !== true && isBad(before, path, checker)) return before;
  }
  if (isAllAbsent && !(checker.runsWithNothing === true && run.mode !== 'update')) return before;
  if (missing !== undefined) {
    const errors = before ?? {};
    const text = `field required for entity check${run.mode === 'update' ? ' when updating' : ''}`;
    for (const path of missing) setProblem(errors, path, text);
    return errors;
  }
  const failure = checker.find(row, run);
  if (failure === undefined) return before;
  const errors = before ?? {};
  if (failure.at !== undefined) setProblem(errors, failure.at.path, failure.at.problem);
  for (const [name, problem] of Object.entries(failure.fields ?? {})) {
    if (name !== '@entity') setOwn(errors, name, problem);
    else for (const text of [problem].flat()) if (typeof text === 'string') addEntityProblem(errors, text);
  }
  if (failure.text !== undefined) addEntityProblem(errors, failure.text);
  return errors;
}

/** Kong looks a problem up under the whole dotted name and so knows of top-level ones only; our own code needs more. */
function isBad(errors: FieldErrors, path: Path, checker: Checker): boolean {
  if (checker.isCustom === true) return hasProblemAt(errors, path);
  return path.length === 1 && Object.hasOwn(errors, path[0]!);
}
