import { definePlugin, type Handlers, type Kong, kongVersion } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { type Allowance, allowanceOf } from './origin.ts';
import { config } from './schema.ts';

type Config = StoredOf<typeof config>;

/** cors: answers browsers that ask whether a page of another origin may use an API. */
export const cors = definePlugin({
  name: 'cors',
  version: kongVersion,
  priority: 2000,
  config,
  not_on: ['consumer'],
  setup: () => createHandlers,
});

const everyMethod = 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT';

function createHandlers(stored: Config): Handlers {
  const allowance = allowanceOf(stored.origins);
  const allowedHeaders = joined(stored.headers);
  const exposedHeaders = joined(stored.exposed_headers);
  const allowedMethods = stored.methods === null ? everyMethod : stored.methods.join(',');
  const { max_age: maxAge, credentials, private_network: privateNetwork } = stored;

  function allow(kong: Kong, vary: 'setHeader' | 'addHeader'): void {
    const isForAll = allowOrigin(kong, allowance, vary);
    if (!credentials) return;
    const { response } = kong;
    if (isForAll) {
      // A client with credentials is not content with a star (Fetch standard, section 3.3.7).
      const origin = kong.request.getHeader('origin');
      if (origin === undefined) return;
      response[vary]('Vary', 'Origin');
      response.setHeader('Access-Control-Allow-Origin', origin);
    }
    response.setHeader('Access-Control-Allow-Credentials', 'true');
  }

  function answerPreflight(kong: Kong): void {
    const { request, response } = kong;
    allow(kong, 'setHeader');
    const headers = allowedHeaders ?? request.getHeader('access-control-request-headers');
    if (headers === undefined) response.clearHeader('Access-Control-Allow-Headers');
    else response.setHeader('Access-Control-Allow-Headers', headers);
    response.setHeader('Access-Control-Allow-Methods', allowedMethods);
    if (maxAge !== null) response.setHeader('Access-Control-Max-Age', maxAge);
    if (privateNetwork && request.getHeader('access-control-request-private-network') === 'true') {
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    response.exit(200);
  }

  return {
    access(kong) {
      if (!isPreflight(kong)) return;
      // Either all headers are set here, or they are the upstream's affair.
      kong.ctx.plugin['isDone'] = true;
      if (!stored.preflight_continue) answerPreflight(kong);
    },
    headerFilter(kong) {
      if (kong.ctx.plugin['isDone'] === true) return;
      allow(kong, 'addHeader');
      if (exposedHeaders !== undefined) kong.response.setHeader('Access-Control-Expose-Headers', exposedHeaders);
    },
  };
}

function isPreflight({ request }: Kong): boolean {
  return (
    request.getMethod() === 'OPTIONS' &&
    request.getHeader('origin') !== undefined &&
    request.getHeader('access-control-request-method') !== undefined
  );
}

/** Sets the allowed origin; true when that is everybody. */
function allowOrigin(kong: Kong, allowance: Allowance, vary: 'setHeader' | 'addHeader'): boolean {
  const { response } = kong;
  if (allowance.kind === 'all') {
    response.setHeader('Access-Control-Allow-Origin', '*');
    return true;
  }
  // Caches must keep the answers to different origins apart, also when this one is not allowed.
  response[vary]('Vary', 'Origin');
  const requestOrigin = allowance.kind === 'one' ? undefined : kong.request.getHeader('origin');
  const allowed = allowance.kind === 'one' ? allowance.origin : requestOrigin && allowance.match(requestOrigin);
  if (allowed) response.setHeader('Access-Control-Allow-Origin', allowed);
  else response.clearHeader('Access-Control-Allow-Origin');
  return allowed === '*';
}

function joined(list: readonly string[] | null): string | undefined {
  return list === null || list.length === 0 ? undefined : list.join(',');
}
