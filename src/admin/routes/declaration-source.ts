import {
  type DeclarationOutcome,
  daoErrors,
  declarativeHash,
  problemOfShape,
  readDeclarativeText,
} from '../../db/index.ts';
import { type AdminRequest, type Answer, answerError, badRequest } from '../endpoint.ts';

/** Content types of YAML, which have no name of their own until RFC 9512. */
export const yamlTypes = ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'] as const;

/** A declarative configuration as it came in a request. */
export interface Source {
  readonly table: { [key: string]: unknown };
  readonly text: string;
  readonly hash: string;
}

/** Arguments that may stand beside the configuration. */
const switches = new Set(['check_hash', 'flatten_errors', 'dry_run', 'prune', 'select_tags']);

/** Finds the configuration in the request: the body itself as JSON or YAML, or text in its argument `config`. */
export function sourceOf({ body, raw }: AdminRequest): Source | Answer {
  const { values } = body;
  if (values._format_version !== undefined) {
    const table = Object.fromEntries(Object.entries(values).filter(([name]) => !switches.has(name)));
    const problem = problemOfShape(table);
    if (problem !== undefined) return malformed(`failed parsing declarative configuration: ${problem}`);
    const text = body.isForm ? JSON.stringify(table) : raw.toString();
    return { table, text, hash: declarativeHash(text) };
  }
  const { config } = values;
  const text = typeof config === 'string' ? config : config === undefined || config === null ? raw.toString() : '';
  if (text === '') return badRequest('expected a declarative configuration');
  const parsed = readDeclarativeText(text);
  return parsed.ok ? { table: parsed.table, text, hash: parsed.hash } : malformed(parsed.error);
}

function malformed(error: string): Answer {
  return answerError(daoErrors.declarative({ error }));
}

/** 400 with the errors as a tree, or row by row. */
export function refusal(outcome: Extract<DeclarationOutcome, { readonly ok: false }>, isFlat: boolean): Answer {
  if (!isFlat) return answerError(daoErrors.declarative(outcome.errors));
  const { rows, rest } = outcome.flatten();
  return { status: 400, body: { ...daoErrors.declarative(rest), flattened_errors: rows } };
}

/** An argument of the query, or else of the body. */
export function argument({ query, body }: AdminRequest, name: string): unknown {
  const asked = query.get(name);
  if (asked !== undefined) return asked === true ? true : asked;
  const given = Object.hasOwn(body.values, name) ? body.values[name] : undefined;
  return typeof given === 'number' ? String(given) : given;
}

/** True for what Kong takes for a yes. */
export function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(?:true|1|on|yes)$/i.test(value));
}
