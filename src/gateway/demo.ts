import type { Database } from '../db/index.ts';
import { echoHost } from './echo.ts';

/**
 * Puts one service and one route into an empty store, so that the very first request shows a proxied answer. A store that
 * holds anything at all is left as it is.
 */
export async function offerDemo(database: Database): Promise<void> {
  for (const definition of database.entities) {
    if (definition.name === 'tags' || definition.name === 'workspaces') continue;
    const page = await database.dao(definition.name).page({ size: 1 });
    if (!page.ok || page.value.rows.length > 0) return;
  }
  const service = await database.dao('services').insert({ name: 'demo-echo', host: echoHost, tags: ['demo'] });
  if (!service.ok) return;
  await database
    .dao('routes')
    .insert({ name: 'demo-echo', paths: ['/echo'], service: { id: service.value['id'] }, tags: ['demo'] });
}
