import type { Json } from '../../schema/index.ts';
import { allEndpoints } from '../routes/index.ts';
import type { AdminOptions } from '../types.ts';
import { openApiDocument } from './document.ts';

/** The OpenAPI document that an Admin API with these options serves. */
export function describeAdminApi(options: AdminOptions): Json {
  return openApiDocument({
    endpoints: allEndpoints(options).filter(({ path }) => !unlisted.has(path)),
    entities: options.database.entities,
    plugins: options.plugins,
    version: options.node.gibbonVersion,
  });
}

const unlisted: ReadonlySet<string> = new Set(['/robots.txt', '/openapi.json', '/docs']);
