import type { Database } from '../../db/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { childCollectionEndpoint, collectionEndpoint } from './collection.ts';
import { childEndpoint, entityEndpoint } from './entity.ts';
import { parentEndpoint } from './parent.ts';

/** The endpoints that follow from the entity definitions alone, in Kong's pattern of paths. */
export function generateEndpoints(database: Database): Endpoint[] {
  const endpoints: Endpoint[] = [];
  for (const definition of database.entities) {
    if (definition.generate_admin_api === false) continue;
    const dao = database.dao(definition.name);
    endpoints.push(collectionEndpoint(dao), entityEndpoint(dao));
    for (const [name, field] of Object.entries(definition.fields)) {
      if (field.type !== 'foreign') continue;
      const parent = database.dao(field.reference);
      endpoints.push(
        parentEndpoint(dao, parent, name),
        childCollectionEndpoint(parent, dao, name),
        childEndpoint(parent, dao, name),
      );
    }
  }
  return endpoints;
}
