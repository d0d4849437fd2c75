import type { EntityDefinition } from './entity.ts';
import type { FieldErrors } from './fields.ts';
import { problemOfId } from './foreign.ts';
import { texts } from './messages.ts';
import type { Run } from './run.ts';
import type { Reference, Schema, SchemaEnvironment } from './schema.ts';
import { compileValidate } from './validate.ts';
import { type Bag, isBag, setOwn } from './values.ts';

/** Compiles how values given for foreign fields name rows of an entity. */
export function compileReference(definition: EntityDefinition, environment: SchemaEnvironment): Schema['reference'] {
  const { subschema_key: key } = definition;
  const fields = Object.entries(definition.fields);
  const unique = fields
    .filter(([, field]) => field.unique === true)
    .map(([field, data]) => ({ field, validate: compileValidate(data) }));
  const judges = new Map(fields.map(([name, field]) => [name, compileValidate(field)]));

  /** Kong judges what names no row as a part of one; that has nothing to say about a part without its kind. */
  function problemsOfPart(part: Bag, run: Run): FieldErrors | undefined {
    if (key !== undefined && (part[key] === undefined || part[key] === null)) return { [key]: texts.required };
    let errors: FieldErrors | undefined;
    for (const [name, value] of Object.entries(part)) {
      const judge = judges.get(name);
      const problem = judge === undefined ? texts.unknown : judge(value, run);
      if (problem === undefined) continue;
      errors ??= {};
      setOwn(errors, name, problem);
    }
    return errors;
  }

  return (given): Reference => {
    const errors = problemOfId(given);
    if (errors === undefined) return { by: 'id', id: (given as { readonly id: string }).id };
    if (!isBag(given)) return { by: 'nothing', errors };
    const run: Run = { mode: 'check', environment, unknown: undefined };
    const candidates = unique
      .filter(({ field, validate }) => {
        const value = Object.hasOwn(given, field) ? given[field] : undefined;
        return value !== undefined && value !== null && validate(value, run) === undefined;
      })
      .map(({ field }) => ({ field, value: given[field] }));
    if (candidates.length > 0) return { by: 'unique', candidates };
    return { by: 'nothing', errors: problemsOfPart(given, run) ?? errors };
  };
}
