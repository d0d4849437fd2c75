import { isUuid } from '../../kernel/index.ts';
import type { EntityDefinition, Row } from '../../schema/index.ts';
import type { Key } from '../strategies/strategy.ts';
import { fail, ok } from './context.ts';
import { daoErrors } from './errors.ts';
import type { DaoResult } from './types.ts';

/**
 * Reads the text that names a row: the primary key itself, or a JSON list of its values where the key has several
 * fields. Ids come out in lower case, as a uuid column would hold them. Code 1 when it cannot be a key.
 */
export function parseKey(definition: EntityDefinition, id: string): DaoResult<Key> {
  const [first, ...others] = definition.primary_key;
  if (others.length > 0) return parseCompositeKey(definition, id);
  const field = definition.fields[first!];
  if (field?.type !== 'string' || field.uuid !== true) return ok([id]);
  if (!isUuid(id)) return fail(daoErrors.invalidPrimaryKey({ [first!]: 'expected a valid UUID' }));
  return ok([id.toLowerCase()]);
}

/** The values of a row's primary key. */
export function keyOf(definition: EntityDefinition, row: Row): Key {
  return definition.primary_key.map((field) => row[field] as string | number);
}

/** A key as the fields that it is made of, for messages and for foreign references. */
export function keyFields(definition: EntityDefinition, key: Key): { [field: string]: string | number } {
  return Object.fromEntries(definition.primary_key.map((field, index) => [field, key[index]!]));
}

function parseCompositeKey(definition: EntityDefinition, id: string): DaoResult<Key> {
  let values: unknown;
  try {
    values = JSON.parse(id);
  } catch {
    values = undefined;
  }
  if (!Array.isArray(values) || values.length !== definition.primary_key.length) {
    return fail(daoErrors.invalidPrimaryKey({ [definition.primary_key[0]!]: 'missing primary key' }));
  }
  return ok(values as Key);
}
