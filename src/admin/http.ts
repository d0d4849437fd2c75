import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { messageOf } from '../kernel/index.ts';
import { createAccessLog } from './access-log.ts';
import { emptyBody, isAnswer, readBody } from './body.ts';
import { isKnown } from './conditions.ts';
import { type Answer, badRequest, type Endpoint, type EndpointMethod, methodNotAllowed, notFound } from './endpoint.ts';
import { parseQuery } from './query.ts';
import type { AdminOptions } from './types.ts';

/** Kong's `nginx_admin_client_max_body_size`. */
const defaultBodyLimit = 10 * 1024 * 1024;

/** Longer keys in paths than this are no names of ours. */
const maxKeyLength = 8192;

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);
const unexpected: Answer = { status: 500, body: { message: 'An unexpected error occurred' } };
const tooLarge: Answer = { status: 413, body: { message: 'Request body too large' } };

/** Puts endpoints behind HTTP: methods, bodies, headers, errors. The result listens nowhere by itself. */
export function createApp(options: AdminOptions, endpoints: readonly Endpoint[], isDraining: () => boolean) {
  const { clock, logger, node } = options;
  const origins = options.allowedOrigins ?? [];
  const started = new WeakMap<FastifyRequest, number>();

  const app = fastify({
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: maxKeyLength, querystringParser: () => ({}) },
    frameworkErrors: (_error, request, reply) => {
      send(request, reply, notFound);
    },
    rewriteUrl: ({ url = '/' }) => withoutWorkspace(url),
    exposeHeadRoutes: false,
    forceCloseConnections: false,
  });

  function send(request: FastifyRequest, reply: FastifyReply, answer: Answer) {
    const { origin } = request.headers;
    const allowed = origins.length === 0 ? (origin ?? '*') : origins.includes(origin ?? '') ? origin! : origins[0]!;
    reply.code(answer.status);
    reply.header('server', node.serverHeader);
    reply.header('access-control-allow-origin', allowed);
    reply.header('access-control-allow-credentials', 'true');
    if (options.showLatency !== false) {
      const start = started.get(request);
      const latency = start === undefined ? 0 : Math.round(clock.monotonic() - start);
      reply.header('x-kong-admin-latency', String(latency));
    }
    if (isDraining()) reply.header('connection', 'close');
    for (const name in answer.headers) reply.header(name, answer.headers[name]!);
    if (answer.text !== undefined) {
      reply.header('content-type', answer.text.type);
      return reply.send(answer.text.content);
    }
    if (answer.body === undefined) {
      if (answer.status !== 204 && answer.status !== 304) reply.header('content-length', '0');
      return reply.send();
    }
    reply.header('content-type', 'application/json; charset=utf-8');
    return reply.send(JSON.stringify(answer.body));
  }

  function fault(request: FastifyRequest, thrown: unknown): Answer {
    logger.error(`Cannot answer ${request.method} ${JSON.stringify(request.url.slice(0, 200))}: ${messageOf(thrown)}`);
    return unexpected;
  }

  function takeDown(request: FastifyRequest, answer: Answer): void {
    if (options.audit === undefined || isRead(request) || request.method === 'OPTIONS') return;
    const row = answer.status < 300 ? (answer.body as { readonly id?: unknown } | undefined) : undefined;
    options.audit.add({
      at: clock.now() / 1000,
      client_ip: request.ip,
      method: request.method,
      path: request.url.split('?', 1)[0]!,
      status: answer.status,
      latency: Math.round(clock.monotonic() - (started.get(request) ?? 0)),
      entity_id: typeof row?.id === 'string' ? row.id : null,
    });
  }

  app.addHook('onRequest', (request, _reply, next) => {
    started.set(request, clock.monotonic());
    next();
  });
  if (options.accessLog !== undefined) {
    const write = createAccessLog(options.accessLog, clock);
    app.addHook('onResponse', ({ ip, method, headers, raw }, reply, next) => {
      const bytes = method === 'HEAD' ? 0 : Number(reply.getHeader('content-length') ?? 0);
      write({ ip, method, url: raw.url, httpVersion: raw.httpVersion, headers, status: reply.statusCode, bytes });
      next();
    });
  }
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setNotFoundHandler((request, reply) => send(request, reply, notFound));
  app.setErrorHandler((error: { readonly code?: string; readonly statusCode?: number }, request, reply) => {
    if (error.statusCode === 413) return send(request, reply, tooLarge);
    if (error.statusCode === 415) return send(request, reply, { status: 415 });
    if (error.statusCode === 400) return send(request, reply, badRequest('Bad request'));
    return send(request, reply, fault(request, error));
  });

  for (const endpoint of endpoints) {
    const methods = allowedMethods(endpoint);
    app.route({
      method: app.supportedMethods,
      url: endpoint.path,
      async handler(request, reply) {
        if (endpoint.disabled === true) return send(request, reply, notFound);
        if (request.method === 'OPTIONS') {
          const asked = request.headers['access-control-request-headers'];
          return send(request, reply, {
            status: 204,
            headers: {
              allow: methods,
              'access-control-allow-methods': methods,
              'access-control-allow-headers': asked ?? 'Content-Type',
            },
          });
        }
        try {
          const answer = await answerTo(endpoint, request);
          if (isRead(request) && isKnown(request.headers['if-none-match'], answer.headers?.etag)) {
            return send(request, reply, { status: 304, headers: answer.headers! });
          }
          // Whoever wrote may rely on it at once: the data plane has taken the change before the answer goes out.
          if (!isRead(request) && answer.status < 300) await options.settled?.();
          takeDown(request, answer);
          return send(request, reply, answer);
        } catch (thrown) {
          const answer = fault(request, thrown);
          takeDown(request, answer);
          return send(request, reply, answer);
        }
      },
    });
  }
  return app as unknown as FastifyInstance;
}

async function answerTo(endpoint: Endpoint, request: FastifyRequest): Promise<Answer> {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const handler = Object.hasOwn(endpoint.methods, method) ? endpoint.methods[method as EndpointMethod] : undefined;
  if (handler === undefined) return methodNotAllowed;
  let body = emptyBody;
  let raw: Buffer = noBytes;
  if (withBody.has(method)) {
    const type = request.headers['content-type'];
    raw = (request.body as Buffer | undefined) ?? noBytes;
    if (!isRawType(endpoint, type)) {
      const read = readBody(request.body as Buffer | undefined, type);
      if (isAnswer(read)) return read;
      body = read;
    }
  }
  const { url, headers } = request;
  const ifMatch = headers['if-match'];
  const mark = url.indexOf('?');
  const query = parseQuery(mark === -1 ? '' : url.slice(mark + 1));
  if (query === undefined) return badRequest('Too many arguments');
  return handler({
    params: request.params as { readonly [name: string]: string },
    query,
    body,
    raw,
    ...(ifMatch === undefined ? {} : { ifMatch }),
  });
}

/** Paths may start with the one workspace there is; its own root is called `kong` there, as Kong's Enterprise does. */
function withoutWorkspace(url: string): string {
  if (!url.startsWith('/default/')) return url;
  const rest = url.slice('/default'.length);
  return /^\/kong\/?(?:\?|$)/.test(rest) ? rest.replace(/^\/kong\/?/, '/') : rest;
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

const noBytes = Buffer.alloc(0);

function isRawType({ rawTypes }: Endpoint, type: string | undefined): boolean {
  if (type === undefined || rawTypes === undefined) return false;
  return rawTypes.includes(type.split(';', 1)[0]!.trim().toLowerCase());
}

function allowedMethods({ methods }: Endpoint): string {
  const names = [...Object.keys(methods), 'OPTIONS'];
  if (methods.GET !== undefined) names.push('HEAD');
  return names.sort().join(', ');
}
