import type { Database } from '../../db/index.ts';
import { answerError, answerOk, badRequest, type Endpoint } from '../endpoint.ts';
import { collectionEndpoint } from '../endpoints/collection.ts';

/** `/consumers?custom_id=`: the only look-up by a field that is no key. */
export function consumersEndpoint(database: Database): Endpoint {
  const dao = database.dao('consumers');
  const generated = collectionEndpoint(dao);
  return {
    path: generated.path,
    methods: {
      ...generated.methods,
      async GET(request) {
        const customId = request.query.get('custom_id');
        if (customId === undefined) return generated.methods.GET!(request);
        if (customId === true || customId === '' || request.query.repeated('custom_id')) {
          return badRequest('custom_id must be an unempty string');
        }
        const found = await dao.selectBy('custom_id', customId);
        if (!found.ok) return answerError(found.error);
        return answerOk({ data: found.value === undefined ? [] : [found.value], next: null });
      },
    },
  };
}
