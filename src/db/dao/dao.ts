import { type DaoContext, type Entity, fail, type Given } from './context.ts';
import { daoErrors } from './errors.ts';
import { keyOf, parseKey } from './keys.ts';
import { createReader } from './reader.ts';
import type { Dao, DaoResult } from './types.ts';
import { lookUpRefusal } from './unique.ts';
import { writeThrough } from './writer.ts';

/** Creates the DAO of one entity: reads of what is committed, and writes of one transaction each. */
export function createDao(context: DaoContext, entity: Entity): Dao {
  const { definition, schema, writer } = entity;

  return {
    definition,
    schema,
    ...createReader(context, entity),

    insert: (given, options) => writeThrough(context, (work) => writer.insert(work, given, options)),

    async update(id, given, options) {
      const key = parseKey(definition, id);
      return key.ok ? writeThrough(context, (work) => writer.update(work, key.value, given, options)) : key;
    },

    async updateBy(field, value, given, options) {
      const refusal = lookUpRefusal(entity, field, value);
      if (refusal !== undefined) return fail(refusal);
      return writeThrough(context, async (work) => {
        const found = await work.session.selectBy(definition.name, field, value as string);
        if (found === undefined) return fail(daoErrors.notFoundBy({ [field]: value }));
        return writer.update(work, keyOf(definition, found.row), given, options);
      }).then((result) => namingField(result, field));
    },

    async upsert(id, given, options) {
      const key = parseKey(definition, id);
      return key.ok ? writeThrough(context, (work) => writer.upsert(work, key.value, given, options)) : key;
    },

    async upsertBy(field, value, given, options) {
      const refusal = lookUpRefusal(entity, field, value);
      if (refusal !== undefined) return fail(refusal);
      return writeThrough(context, async (work) => {
        const found = await work.session.selectBy(definition.name, field, value as string);
        if (found === undefined && hasOwnId(given)) {
          const key = parseKey(definition, given.id);
          if (!key.ok) return fail(daoErrors.schemaViolation({ id: 'expected a valid UUID' }));
          return writer.upsert(work, key.value, named(given, field, value), options);
        }
        const key = found === undefined ? [context.environment.uuid()] : keyOf(definition, found.row);
        return writer.upsert(work, key, named(given, field, value), options);
      }).then((result) => namingField(result, field));
    },

    async delete(id, options) {
      const key = parseKey(definition, id);
      return key.ok ? writeThrough(context, (work) => writer.delete(work, key.value, options)) : key;
    },
  };
}

/** A store that cannot be written says by which field the row was named (Kong 3.9). */
function namingField<T>(result: DaoResult<T>, field: string): DaoResult<T> {
  if (result.ok || result.error.code !== 12) return result;
  return fail(daoErrors.unsupported(result.error.message.replace(' entities', ` entities by '${field}'`)));
}

function named(given: unknown, field: string, value: unknown): unknown {
  return typeof given === 'object' && given !== null ? { ...given, [field]: value } : given;
}

function hasOwnId(given: unknown): given is Given & { readonly id: string } {
  return (
    typeof given === 'object' && given !== null && Object.hasOwn(given, 'id') && typeof (given as Given).id === 'string'
  );
}
