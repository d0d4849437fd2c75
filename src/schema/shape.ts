import { type CompleteRecord, compileCompleteRecord } from './complete.ts';
import type { EntityDefinition, Subschema, Transformation } from './entity.ts';
import { compileEntityChecks } from './entity-checks.ts';
import { compileExpandRecord, type Expand } from './expand.ts';
import type { Fields } from './fields.ts';
import type { Row } from './infer.ts';
import { compileMerge, type Merge } from './merge.ts';
import { requireRecords } from './normalize.ts';
import { compileShowRecord, type Show } from './show.ts';
import { compileValidate, compileValidateRecord, type ValidateRecord } from './validate.ts';

/** An entity's fields and rules as they are for one value of the subschema key, compiled. */
export interface Shape {
  readonly fields: Fields;
  readonly expand: Expand | undefined;
  readonly complete: CompleteRecord;
  readonly merge: Merge;
  readonly validate: ValidateRecord;
  readonly show: Show | undefined;
  readonly transformations: readonly Transformation[];
  /** Names and stored values of fields that an update may not change. */
  readonly immutable: readonly string[];
}

/** Compiles an entity, with a subschema laid over it where there is one. */
export function compileShape(definition: EntityDefinition, subschema?: Subschema): Shape {
  const fields = subschema === undefined ? requireRecords(definition.fields) : narrow(definition.fields, subschema);
  const shorthands = { ...definition.shorthand_fields, ...subschema?.shorthand_fields };
  const tolerated = definition.ttl === true ? ['ttl'] : [];
  const validate = compileValidateRecord(fields, definition.entity_checks, tolerated);
  return {
    fields,
    expand: compileExpandRecord(fields, shorthands),
    complete: compileCompleteRecord(fields),
    merge: compileMerge(fields),
    validate: withChecksOf(subschema, fields, validate),
    show: compileShowRecord(fields, shorthands),
    transformations: [...(definition.transformations ?? []), ...(subschema?.transformations ?? [])],
    immutable: Object.keys(fields).filter((name) => fields[name]!.immutable === true),
  };
}

/** The entity's fields with those of the subschema in their places. What either requires is required. */
function narrow(own: Fields, subschema: Subschema): Fields {
  const special = requireRecords(subschema.fields);
  return Object.fromEntries(
    Object.entries(requireRecords(own)).map(([name, field]) => {
      if (!Object.hasOwn(special, name)) return [name, field];
      const narrowed = special[name]!;
      return [name, field.required === true ? { ...narrowed, required: true } : narrowed];
    }),
  );
}

function withChecksOf(subschema: Subschema | undefined, fields: Fields, validate: ValidateRecord): ValidateRecord {
  const runChecks = compileEntityChecks(subschema?.entity_checks ?? [], { fields, compile: compileValidate });
  if (runChecks === undefined) return validate;
  return (row: Row, run) => runChecks(row, validate(row, run), run);
}
