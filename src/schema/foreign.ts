import { isUuid } from '../kernel/index.ts';
import type { FieldProblem, ForeignField } from './fields.ts';
import { texts } from './messages.ts';
import type { Run } from './run.ts';
import { isBag } from './values.ts';

/**
 * Judges the value of a foreign field: `{ id }`, or unless only checking an object that names the row by a unique
 * field, which whoever can look it up puts an id in place of.
 */
export function checkForeign(field: ForeignField, value: unknown, run: Run): FieldProblem | undefined {
  const problem = problemOfId(value);
  if (problem === undefined) return undefined;
  const schema = run.environment.foreign?.(field.reference);
  if (schema === undefined) {
    return isBag(value) && run.mode !== 'check' && namesSomething(value) ? undefined : problem;
  }
  const reference = schema.reference(value);
  if (reference.by === 'id') return undefined;
  if (reference.by === 'nothing') return reference.errors;
  return run.mode === 'check' ? problem : undefined;
}

/** What is wrong with a value as the primary key of a row, `{ id }`; undefined when nothing is. */
export function problemOfId(value: unknown): { id: string } | undefined {
  const id = isBag(value) && Object.hasOwn(value, 'id') ? value.id : undefined;
  if (id === undefined || id === false) return { id: texts.missingKey };
  if (id === null) return { id: texts.required };
  if (typeof id !== 'string') return { id: 'expected a string' };
  return isUuid(id) ? undefined : { id: texts.uuid };
}

function namesSomething(value: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(value).some(([name, part]) => name !== 'id' && typeof part === 'string' && part !== '');
}
