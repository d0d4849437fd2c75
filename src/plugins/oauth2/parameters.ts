import type { Kong } from '../../pdk/index.ts';

/** Parameters of query and body, the body's first; texts are to be taken with {@link textOf}. */
export type Parameters = ReadonlyMap<string, unknown>;

const bodyMethods = new Set(['POST', 'PUT', 'PATCH']);

/** Reads the parameters of a request: its query's, and of a body that is a form or JSON. */
export async function readParameters(kong: Kong): Promise<Parameters> {
  const { request } = kong;
  const parameters = new Map<string, unknown>(request.getRawQuery() === '' ? [] : Object.entries(request.getQuery()));
  if (!bodyMethods.has(request.getMethod())) return parameters;
  const body = await request.getBody();
  if (body.ok) for (const [name, value] of Object.entries(body.body)) parameters.set(name, value);
  return parameters;
}

/** A parameter that is one text; undefined for one that is missing, empty of a value, or given twice. */
export function textOf(parameters: Parameters, name: string): string | undefined {
  const value = parameters.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** What the client wants to have back with the answer, as it came. */
export function stateOf(parameters: Parameters): string | number | boolean | undefined {
  const value = parameters.get('state');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
