import { type Database, daoErrors } from '../../db/index.ts';
import { answerError, type Endpoint, type Handler } from '../endpoint.ts';
import { answerPage, pageOptions } from '../endpoints/paging.ts';

/** `/tags/:tags`: where one tag is used. The view cannot be written. */
export function tagEndpoint(database: Database): Endpoint {
  const dao = database.dao('tags');
  const refuse: Handler = async () => {
    const text = 'does not support insert/upsert/update/delete operations';
    return answerError(daoErrors.schemaViolation({ tags: text }));
  };
  return {
    path: '/tags/:tags',
    methods: {
      async GET({ params, query }) {
        const tag = params.tags ?? '';
        const options = pageOptions(query, dao);
        if (!options.ok) return answerError(options.error);
        return answerPage(dao, await dao.pageFor('tag', tag, options.value), `/tags/${encodeURIComponent(tag)}`);
      },
      PUT: refuse,
      PATCH: refuse,
      DELETE: refuse,
    },
  };
}
