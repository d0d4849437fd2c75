import { createSchema } from './create-schema.ts';
import type { EntityDefinition } from './entity.ts';
import type { FieldErrors, Fields } from './fields.ts';
import type { Row } from './infer.ts';
import type { Outcome, Schema, SchemaEnvironment } from './schema.ts';

/** An environment in which nothing moves: time stands, ids are counted. */
export function createStillEnvironment(changes: Partial<SchemaEnvironment> = {}): SchemaEnvironment {
  let count = 0;
  return {
    now: () => 1_700_000_000_123,
    uuid: () => {
      count += 1;
      return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    },
    randomString: () => 'random',
    subschema: () => undefined,
    ...changes,
  };
}

/** The schema of an entity `things` with these fields. */
export function schemaOf(
  fields: Fields,
  more: Partial<EntityDefinition> = {},
  environment: Partial<SchemaEnvironment> = {},
): Schema {
  const definition = { name: 'things', primary_key: ['id'], ...more, fields };
  return createSchema(definition, createStillEnvironment(environment));
}

/** What is wrong; fails when nothing is. */
export function errorsOf(outcome: Outcome<Row>): FieldErrors {
  if (outcome.ok) throw new Error(`Accepted ${JSON.stringify(outcome.value)}`);
  return outcome.errors;
}

/** The row that came out; fails when none did. */
export function rowOf(outcome: Outcome<Row>): Row {
  if (!outcome.ok) throw new Error(`Refused: ${JSON.stringify(outcome.errors)}`);
  return outcome.value;
}
