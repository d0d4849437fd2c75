import type { EntityDefinition } from '../../schema/index.ts';
import type { Entity } from './context.ts';
import { daoErrors } from './errors.ts';
import type { DaoError } from './types.ts';

/** Code 10 when a unique field could never have this value, so that no row needs to be looked for. */
export function lookUpRefusal({ definition, schema }: Entity, field: string, value: unknown): DaoError | undefined {
  if (!isUniqueField(definition, field)) return daoErrors.invalidUnique(field, 'not a unique field');
  if (typeof value === 'object') return daoErrors.invalidUnique(field, 'expected a string');
  const outcome = schema.check({ [field]: value });
  const error = outcome.ok ? undefined : outcome.errors[field];
  if (error === undefined) return undefined;
  return daoErrors.invalidUnique(field, typeof error === 'string' ? error : 'invalid value');
}

/** True when rows can be found by this field: it is unique, or the endpoint key. */
function isUniqueField(definition: EntityDefinition, name: string): boolean {
  return definition.fields[name]?.unique === true || definition.endpoint_key === name;
}
