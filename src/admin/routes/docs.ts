import type { Endpoint } from '../endpoint.ts';
import { openApiDocument } from '../openapi/document.ts';
import { docsPage } from '../openapi/page.ts';
import type { AdminOptions } from '../types.ts';

/** `/openapi.json` describes the endpoints given, and `/docs` shows that to people. */
export function docsEndpoints({ database, node, plugins }: AdminOptions, endpoints: readonly Endpoint[]): Endpoint[] {
  let text: string | undefined;
  return [
    {
      path: '/openapi.json',
      methods: {
        async GET() {
          const { entities } = database;
          text ??= JSON.stringify(openApiDocument({ endpoints, entities, plugins, version: node.gibbonVersion }));
          return { status: 200, text: { type: 'application/json; charset=utf-8', content: text } };
        },
      },
    },
    {
      path: '/docs',
      methods: {
        GET: async () => ({
          status: 200,
          text: { type: 'text/html; charset=utf-8', content: docsPage },
          headers: {
            'content-security-policy':
              "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
          },
        }),
      },
    },
  ];
}
