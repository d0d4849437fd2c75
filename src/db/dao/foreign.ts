import { isUuid } from '../../kernel/index.ts';
import type { EntityDefinition, Field } from '../../schema/index.ts';
import type { ReadSession } from '../strategies/strategy.ts';
import { type DaoContext, type Entity, fail, type Given, ok } from './context.ts';
import { daoErrors, type Unresolved } from './errors.ts';
import type { DaoResult } from './types.ts';

/**
 * Replaces references by a unique field of the parent, such as `{ name: 'x' }`, with references by id. What is neither
 * a primary key nor such a reference is left for the schema to refuse. Code 13 when no parent has the value.
 */
export async function resolveForeign(
  context: DaoContext,
  session: ReadSession,
  definition: EntityDefinition,
  given: Given,
): Promise<DaoResult<Given>> {
  let resolved: { [field: string]: unknown } | undefined;
  let missing: { [field: string]: Unresolved } | undefined;
  for (const name in definition.fields) {
    const field = definition.fields[name]!;
    if (field.type !== 'foreign') continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
    const reference = value as Given;
    if (typeof reference.id === 'string' && isUuid(reference.id)) {
      // A uuid column holds lower case; anything beside the id is dropped, as Kong drops it.
      resolved ??= { ...given };
      resolved[name] = { id: reference.id.toLowerCase() };
      continue;
    }
    const parent = context.entity(field.reference);
    const found = await findParent(session, parent, reference);
    if (found.id !== undefined) {
      resolved ??= { ...given };
      resolved[name] = { id: found.id };
    } else if (found.tried !== undefined) {
      missing ??= {};
      missing[name] = { parent: parent.definition.name, values: found.tried };
    }
  }
  return missing === undefined ? ok(resolved ?? given) : fail(daoErrors.unresolved(missing));
}

async function findParent(
  session: ReadSession,
  parent: Entity,
  reference: Given,
): Promise<{ readonly id?: unknown; readonly tried?: { readonly [field: string]: unknown } }> {
  let tried: { [field: string]: unknown } | undefined;
  for (const [name, field] of Object.entries(parent.definition.fields)) {
    if (field.unique !== true && parent.definition.endpoint_key !== name) continue;
    const value = Object.hasOwn(reference, name) ? reference[name] : undefined;
    if (!isScalar(value) || uniqueError(parent, name, value) !== undefined) continue;
    const record = await session.selectBy(parent.definition.name, name, value);
    if (record !== undefined) return { id: record.row.id };
    tried ??= {};
    tried[name] = value;
  }
  return tried === undefined ? {} : { tried };
}

/** What the schema says against a value of one field; undefined when it could be stored. */
export function uniqueError(entity: Entity, name: string, value: unknown): string | undefined {
  const outcome = entity.schema.check({ [name]: value });
  if (outcome.ok) return undefined;
  const error = outcome.errors[name];
  return error === undefined || typeof error === 'string' ? error : 'invalid value';
}

/** True for values that a unique column may hold. */
export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** True when rows can be found by this field: it is unique, or the endpoint key. */
export function isUniqueField(definition: EntityDefinition, name: string): boolean {
  const field: Field | undefined = definition.fields[name];
  return field !== undefined && (field.unique === true || definition.endpoint_key === name);
}
