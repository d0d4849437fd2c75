/** One fact about Kong's Admin API: a request and its answer. */
export interface Fact {
  /** What it shows; unique in its table. */
  readonly fact: string;
  /** Requests made before, in order; each must succeed. */
  readonly given?: readonly Step[];
  /** Method and path. */
  readonly request: string;
  readonly headers?: { readonly [name: string]: string };
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: string;
  /** Fields sent as multipart/form-data. */
  readonly multipart?: readonly (readonly [name: string, value: string])[];
  /** Sent as it is, with whatever content type `headers` has. */
  readonly raw?: string;
  readonly status: number;
  /** What the answer's body contains: records may have more fields, texts may be patterns, undefined means absent. */
  readonly body?: unknown;
  /** What the answer's body is. */
  readonly exact?: unknown;
  readonly answerHeaders?: { readonly [name: string]: string | RegExp | undefined };
  /** What a GET of another path contains afterwards. */
  readonly after?: { readonly path: string; readonly status?: number; readonly body?: unknown };
  /** Changes announced by the request, as `operation entity`; refused requests must announce nothing. */
  readonly changes?: readonly string[];
}

/** A request that prepares a fact. */
export type Step = readonly [request: string, json?: unknown];

/** Ids to tell rows apart, in the order in which lists show them. */
export const ids = {
  a: '0a000000-0000-4000-8000-000000000001',
  b: '0b000000-0000-4000-8000-000000000002',
  c: '0c000000-0000-4000-8000-000000000003',
  d: '0d000000-0000-4000-8000-000000000004',
  missing: 'ffffffff-0000-4000-8000-00000000000f',
} as const;

/** A creation of a service. */
export function service(name: string, id?: string, more: object = {}): Step {
  return ['POST /services', { name, host: `${name}.test`, ...(id === undefined ? {} : { id }), ...more }];
}

/** A creation of a route, with a service where one is named. */
export function route(name: string, id?: string, more: object = {}): Step {
  return ['POST /routes', { name, paths: [`/${name}`], ...(id === undefined ? {} : { id }), ...more }];
}

/** A creation of a consumer. */
export function consumer(username: string, id?: string, more: object = {}): Step {
  return ['POST /consumers', { username, ...(id === undefined ? {} : { id }), ...more }];
}

/** A creation of an upstream. */
export function upstream(name: string, id?: string): Step {
  return ['POST /upstreams', { name, ...(id === undefined ? {} : { id }) }];
}

/** The body of Kong's error 2. */
export function violation(message: string, fields: unknown): object {
  return { code: 2, name: 'schema violation', message: `schema violation (${message})`, fields };
}

/** The general bodies of answers. */
export const messages = {
  notFound: { message: 'Not found' },
  notAllowed: { message: 'Method not allowed' },
  cannotParse: { message: 'Cannot parse JSON body' },
} as const;
