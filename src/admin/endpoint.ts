import type { DaoError } from '../db/index.ts';
import type { Body } from './body.ts';
import type { Query } from './query.ts';

/** The methods that an endpoint may answer itself; HEAD and OPTIONS follow from them. */
export type EndpointMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One path of the Admin API and what answers there. */
export interface Endpoint {
  /** With parameters as `:name`, such as `/services/:services/routes`. */
  readonly path: string;
  readonly methods: { readonly [M in EndpointMethod]?: Handler };
  /** Content types beside the usual ones whose bodies are handed on as they are. */
  readonly rawTypes?: readonly string[];
  /** True for a path that is known but switched off: every method is answered with 404. */
  readonly disabled?: boolean;
}

/** Answers one request. Faults may be thrown: they become 500 and a line in the log. */
export type Handler = (request: AdminRequest) => Promise<Answer>;

/** A request as endpoints see it. */
export interface AdminRequest {
  /** Parameters of the path, percent-decoded. */
  readonly params: { readonly [name: string]: string | undefined };
  readonly query: Query;
  /** What came with POST, PUT and PATCH; empty otherwise. */
  readonly body: Body;
  /** The value of `If-Match`: what a writer takes the row for. */
  readonly ifMatch?: string;
  /** The bytes of the body; empty without one. */
  readonly raw: Buffer;
}

/** What a client is answered with. */
export interface Answer {
  readonly status: number;
  /** Written as JSON; absent for an empty body. */
  readonly body?: unknown;
  /** A body of another kind, sent as it is. */
  readonly text?: { readonly type: string; readonly content: string };
  /** Headers beside those that every answer has. */
  readonly headers?: { readonly [name: string]: string };
}

/** 200 with a body. */
export function answerOk(body: unknown): Answer {
  return { status: 200, body };
}

/** 201 with the new entity. */
export function answerCreated(body: unknown): Answer {
  return { status: 201, body };
}

/** 204. */
export const noContent: Answer = { status: 204 };

/** 404 with Kong's general body. */
export const notFound: Answer = { status: 404, body: { message: 'Not found' } };

/** 405 with Kong's general body. */
export const methodNotAllowed: Answer = { status: 405, body: { message: 'Method not allowed' } };

/** 400 with a message. */
export function badRequest(message: string): Answer {
  return { status: 400, body: { message } };
}

/** Status by error code; what is not here is 400. */
const statuses: ReadonlyMap<number, number> = new Map([
  [5, 409],
  [6, 404],
  [8, 500],
  [12, 405],
  [15, 500],
  [20, 412],
]);

/** An expected failure of the store as its answer (Kong 3.9: the error itself is the body). */
export function answerError(error: DaoError): Answer {
  const status = statuses.get(error.code) ?? 400;
  return status === 500 ? { status, body: { message: 'An unexpected error occurred' } } : { status, body: error };
}
