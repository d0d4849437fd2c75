import { compileEntityChecks } from './entity-checks.ts';
import type { EntityCheck, Field, FieldErrors, FieldProblem, Fields, ListField } from './fields.ts';
import { checkForeign } from './foreign.ts';
import type { Row } from './infer.ts';
import { checkJson } from './json-schema.ts';
import { luaText, texts } from './messages.ts';
import { type Reading, read } from './readings.ts';
import { compileRules } from './rules.ts';
import type { Run } from './run.ts';
import { isBag, isReference, setOwn } from './values.ts';

/** Judges a completed value: undefined when it is good. */
export type Validate = (value: unknown, run: Run) => FieldProblem | undefined;

/** Judges a completed record, its fields first and then its entity checks. */
export type ValidateRecord = (row: Row, run: Run) => FieldErrors | undefined;

/** What each kind asks of a value before any rule of the field. */
const kinds: Reading<Validate> = {
  string: () => (value) => (typeof value === 'string' ? undefined : 'expected a string'),
  number: () => (value) => (typeof value === 'number' ? undefined : 'expected a number'),
  boolean: () => (value) => (typeof value === 'boolean' ? undefined : 'expected a boolean'),
  integer: () => (value) => (Number.isInteger(value) ? undefined : 'expected an integer'),
  any: () => () => undefined,
  json: ({ json_schema }) => {
    const inline = json_schema?.inline;
    return inline === undefined ? () => undefined : (value) => checkJson(value, inline);
  },
  foreign: (field) => (value, run) => checkForeign(field, value, run),
  array: (field) => compileList(field, 'expected an array'),
  set: (field) => compileList(field, 'expected a set'),
  map: (field) => {
    const checkKey = compileValidate({ ...field.keys, required: true });
    const checkValue = compileValidate({ ...field.values, required: true });
    return (value, run) => {
      if (Array.isArray(value) && value.length > 0) return checkKey(1, run) ?? checkValue(value[0], run);
      if (typeof value !== 'object' || value === null) return 'expected a map';
      for (const [key, part] of Object.entries(value)) {
        const problem = checkKey(key, run) ?? checkValue(part, run);
        if (problem !== undefined) return problem;
      }
      return undefined;
    };
  },
  record: (field) => {
    const validate = compileValidateRecord(field.fields, field.entity_checks);
    return (value, run) => (isBag(value) ? validate(value, run) : texts.record);
  },
};

function compileList(field: ListField, text: string): Validate {
  const check = compileValidate({ ...field.elements, required: true });
  return (value, run) => {
    if (!Array.isArray(value)) return text;
    let problems: (FieldProblem | null)[] | undefined;
    for (let at = 0; at < value.length; at += 1) {
      const problem = check(value[at] ?? null, run);
      if (problem === undefined) continue;
      problems ??= [];
      while (problems.length < at) problems.push(null);
      problems.push(problem);
    }
    return problems;
  };
}

/** Compiles the judging of one field: null, then the kind, then the rules in Kong's order; the first failure counts. */
export function compileValidate(field: Field): Validate {
  const onNull = problemOfNull(field);
  const { err } = field;
  if (field.eq === null) return (value) => (value === null ? onNull : (err ?? 'value must be null'));
  if (field.abstract === true) return (value) => (value === null ? onNull : texts.abstract);
  const checkKind = read(kinds, field);
  const rules = compileRules(field);
  const isReferenceable = field.type === 'string' && field.referenceable === true;
  return (value, run) => {
    if (value === null) return onNull;
    const problem = checkKind(value, run);
    if (problem !== undefined) return problem;
    if (isReferenceable && isReference(value)) return undefined;
    for (const rule of rules) {
      const text = rule(value);
      if (text !== undefined) return err ?? text;
    }
    return undefined;
  };
}

function problemOfNull(field: Field): string | undefined {
  if (field.ne === null) return field.err ?? 'value must not be null';
  if (field.eq !== undefined && field.eq !== null) return `value must be ${luaText(field.eq)}`;
  return field.required === true ? texts.required : undefined;
}

/** Compiles the judging of a record. `tolerated` names are accepted though no field bears them. */
export function compileValidateRecord(
  fields: Fields,
  checks: readonly EntityCheck[] = [],
  tolerated: readonly string[] = [],
): ValidateRecord {
  const slots = Object.entries(fields)
    // Stamped on every write, whatever was given.
    .filter(([name]) => name !== 'updated_at')
    .map(([name, field]) => ({ name, isRequired: field.required === true, check: compileValidate(field) }));
  const runChecks = compileEntityChecks(checks, { fields, compile: compileValidate });

  return (row, run) => {
    let errors: FieldErrors | undefined;
    for (const { name, isRequired, check } of slots) {
      const value = row[name];
      const problem = value === undefined ? (isRequired ? texts.required : undefined) : check(value, run);
      if (problem === undefined) continue;
      errors ??= {};
      errors[name] = problem;
    }
    for (const name of run.unknown?.get(row) ?? []) {
      if (name === 'updated_at' || tolerated.includes(name)) continue;
      errors ??= {};
      setOwn(errors, name, texts.unknown);
    }
    return runChecks === undefined ? errors : runChecks(row, errors, run);
  };
}
