import type { Dao, DaoResult } from '../../db/index.ts';
import type { Row } from '../../schema/index.ts';
import { tagHeader } from '../conditions.ts';
import { type Answer, answerCreated, answerError, type Endpoint, type Handler, notFound } from '../endpoint.ts';
import { writeArguments } from './given.ts';
import { selectByPath } from './lookup.ts';
import { nestedName, topName } from './names.ts';
import { answerPage, carriedQuery, pageOptions } from './paging.ts';

/** `/services`: list and create. */
export function collectionEndpoint(dao: Dao): Endpoint {
  const path = `/${topName(dao.definition)}`;
  return {
    path,
    methods: {
      async GET({ query }) {
        const options = pageOptions(query, dao);
        if (!options.ok) return answerError(options.error);
        return answerPage(dao, await dao.page(options.value), path, carriedQuery(query));
      },
      async POST(request) {
        const { given, options } = writeArguments(dao, request);
        return answerInsert(dao, await dao.insert(given, options));
      },
    },
  };
}

/** `/services/:services/routes`: list and create the children of one parent. */
export function childCollectionEndpoint(parent: Dao, child: Dao, foreignField: string): Endpoint {
  const parentName = topName(parent.definition);
  const childName = nestedName(child.definition);
  return {
    path: `/${parentName}/:${parent.definition.name}/${childName}`,
    methods: {
      GET: withRow(parent, async (row, key, { query }) => {
        const options = pageOptions(query, child);
        if (!options.ok) return answerError(options.error);
        // Tags are checked but do not filter the children of a parent (Kong 3.9).
        const { tags: _, ...paging } = options.value;
        const page = await child.pageFor(foreignField, String(row.id), paging);
        return answerPage(child, page, `/${parentName}/${encodeURIComponent(key)}/${childName}`);
      }),
      POST: withRow(parent, async (row, _key, request) => {
        const { given, options } = writeArguments(child, request);
        return answerInsert(child, await child.insert({ ...given, [foreignField]: { id: row.id } }, options));
      }),
    },
  };
}

/** Finds the row that the path's first parameter names, and answers 404 when there is none. */
export function withRow(
  dao: Dao,
  action: (row: Row, key: string, request: Parameters<Handler>[0]) => Promise<Answer>,
): Handler {
  return async (request) => {
    const key = request.params[dao.definition.name] ?? '';
    const found = await selectByPath(dao, key);
    if (!found.ok) return answerError(found.error);
    return found.value === undefined ? notFound : action(found.value, key, request);
  };
}

function answerInsert(dao: Dao, result: DaoResult<Row>): Answer {
  if (!result.ok) return answerError(result.error);
  return { ...answerCreated(dao.schema.show(result.value)), headers: tagHeader(dao.definition, result.value) };
}
