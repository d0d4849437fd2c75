import { randomUUID } from 'node:crypto';
import type { Dao, DaoResult } from '../../db/index.ts';
import { isUuid } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import type { Body } from '../body.ts';
import { conditionOf, tagHeader } from '../conditions.ts';
import { type Answer, answerError, answerOk, type Endpoint, noContent, notFound } from '../endpoint.ts';
import { withRow } from './collection.ts';
import { type WriteArguments, type Written, writeArguments } from './given.ts';
import { keyField, keyValue, selectByPath, selectChild } from './lookup.ts';
import { nestedName, topName } from './names.ts';

/** `/services/:services`: one entity by id or endpoint key. */
export function entityEndpoint(dao: Dao): Endpoint {
  const { name } = dao.definition;
  return {
    path: `/${topName(dao.definition)}/:${name}`,
    methods: {
      GET: withRow(dao, async (row) => answerShown(dao, row)),
      PUT: (request) => put(dao, request.params[name] ?? '', writeArguments(dao, request)),
      async PATCH(request) {
        const key = request.params[name] ?? '';
        const changes = await patchArguments(dao, key, request);
        return changes === undefined ? notFound : patch(dao, key, changes);
      },
      async DELETE({ params, ifMatch }) {
        const found = await selectByPath(dao, params[name] ?? '');
        if (!found.ok) return answerError(found.error);
        return found.value === undefined ? noContent : remove(dao, found.value, ifMatch);
      },
    },
  };
}

/** `/services/:services/routes/:routes`: one child, which must belong to the parent. */
export function childEndpoint(parent: Dao, child: Dao, foreignField: string): Endpoint {
  const { name } = child.definition;

  async function childOf(row: Row, key: string): Promise<DaoResult<Row | undefined>> {
    const found = await selectChild(child, String(row.id), key);
    if (!found.ok || found.value === undefined) return found;
    const owner = found.value[foreignField] as { readonly id: string } | null;
    return owner?.id === row.id ? found : { ok: true, value: undefined };
  }

  return {
    path: `/${topName(parent.definition)}/:${parent.definition.name}/${nestedName(child.definition)}/:${name}`,
    methods: {
      GET: withRow(parent, async (row, _key, { params }) => {
        const found = await childOf(row, params[name] ?? '');
        if (!found.ok) return answerError(found.error);
        return found.value === undefined ? notFound : answerShown(child, found.value);
      }),
      PUT: withRow(parent, async (row, _key, request) => {
        const { given, options } = writeArguments(child, request);
        const key = request.params[name] ?? '';
        const field = child.definition.nested_endpoint_key;
        if (field === undefined || isUuid(key)) {
          return put(child, key, { given: { ...given, [foreignField]: { id: row.id } }, options });
        }
        const found = await childOf(row, key);
        if (!found.ok) return answerError(found.error);
        return put(child, found.value === undefined ? randomUUID() : String(found.value.id), {
          given: { [field]: key, ...given, [foreignField]: { id: row.id } },
          options,
        });
      }),
      PATCH: withRow(parent, async (row, _key, request) => {
        const found = await childOf(row, request.params[name] ?? '');
        if (!found.ok) return answerError(found.error);
        if (found.value === undefined) return notFound;
        const { given, options } = writeArguments(child, request, hintOf(child, found.value));
        if (!given[foreignField]) given[foreignField] = { id: row.id };
        return patch(child, String(found.value.id), { given, options });
      }),
      DELETE: withRow(parent, async (row, _key, { params, ifMatch }) => {
        const found = await childOf(row, params[name] ?? '');
        if (!found.ok) return answerError(found.error);
        return found.value === undefined ? notFound : remove(child, found.value, ifMatch);
      }),
    },
  };
}

/** Replaces or creates the row that a key names. */
export async function put(dao: Dao, key: string, { given, options }: WriteArguments): Promise<Answer> {
  const field = keyField(dao, key);
  const result =
    field === undefined
      ? await dao.upsert(key, given, options)
      : await dao.upsertBy(field, keyValue(dao, field, key), given, options);
  return answerRow(dao, result);
}

/** Changes the row that a key names. */
export async function patch(dao: Dao, key: string, { given, options }: WriteArguments): Promise<Answer> {
  const field = keyField(dao, key);
  const result =
    field === undefined
      ? await dao.update(key, given, options)
      : await dao.updateBy(field, keyValue(dao, field, key), given, options);
  return answerRow(dao, result);
}

/** Deletes a row: 204, or why it must stay. */
export async function remove(dao: Dao, row: Row, ifMatch: string | undefined): Promise<Answer> {
  const result = await dao.delete(String(row.id), conditionOf(ifMatch));
  return result.ok ? noContent : answerError(result.error);
}

/** 200 with the row, or the error. */
export function answerRow(dao: Dao, result: DaoResult<Row>): Answer {
  return result.ok ? answerShown(dao, result.value) : answerError(result.error);
}

/** 200 with the row as the API shows it, and its tag. */
export function answerShown({ definition, schema }: Dao, row: Row): Answer {
  return { ...answerOk(schema.show(row)), headers: tagHeader(definition, row) };
}

/**
 * The arguments of a change. Where a field's shape hangs on another's value (a plugin's config on its name) and the body
 * does not say it, the stored row does; undefined when there is none.
 */
async function patchArguments(dao: Dao, key: string, request: Written): Promise<WriteArguments | undefined> {
  if (!dependsOnStored(dao, request.body)) return writeArguments(dao, request);
  const found = await selectByPath(dao, key);
  if (!found.ok) return writeArguments(dao, request);
  return found.value === undefined ? undefined : writeArguments(dao, request, hintOf(dao, found.value));
}

function dependsOnStored(dao: Dao, body: Body): boolean {
  const { fields, subschema_key: key } = dao.definition;
  if (key === undefined || body.values[key] !== undefined) return false;
  return Object.values(fields).some((field) => field.abstract === true);
}

function hintOf(dao: Dao, row: Row): { readonly [field: string]: unknown } {
  const key = dao.definition.subschema_key;
  return key === undefined ? {} : { [key]: row[key] };
}
