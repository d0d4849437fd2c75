import type { EntityDefinition, Reference } from '../../schema/index.ts';
import type { ReadSession } from '../strategies/strategy.ts';
import { type DaoContext, type Entity, fail, type Given, ok } from './context.ts';
import { daoErrors, type Unresolved } from './errors.ts';
import type { DaoResult } from './types.ts';

/**
 * Replaces references by a unique field of the parent, such as `{ name: 'x' }`, with references by id. What names no row
 * at all is left for the schema to refuse. Code 13 when no parent has the value.
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
    if (value === undefined || value === null) continue;
    const parent = context.entity(field.reference);
    const reference = parent.schema.reference(value);
    if (reference.by === 'nothing') continue;
    // A uuid column would hold lower case.
    const id = reference.by === 'id' ? reference.id.toLowerCase() : await findParent(session, parent, reference);
    if (id !== undefined) {
      resolved ??= { ...given };
      resolved[name] = { id };
    } else if (reference.by === 'unique') {
      missing ??= {};
      missing[name] = { parent: parent.definition.name, values: valuesOf(reference) };
    }
  }
  return missing === undefined ? ok(resolved ?? given) : fail(daoErrors.unresolved(missing));
}

type ByUnique = Extract<Reference, { readonly by: 'unique' }>;

async function findParent(session: ReadSession, parent: Entity, reference: ByUnique): Promise<unknown> {
  for (const { field, value } of reference.candidates) {
    const record = await session.selectBy(parent.definition.name, field, value as string);
    if (record !== undefined) return record.row.id;
  }
  return undefined;
}

function valuesOf(reference: ByUnique): { [field: string]: unknown } {
  return Object.fromEntries(reference.candidates.map(({ field, value }) => [field, value]));
}
