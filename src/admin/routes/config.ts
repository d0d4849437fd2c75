import {
  type Declaration,
  type DeclarationOutcome,
  daoErrors,
  declarativeHash,
  problemOfShape,
  readDeclarativeText,
} from '../../db/index.ts';
import {
  type AdminRequest,
  type Answer,
  answerCreated,
  answerError,
  answerOk,
  badRequest,
  type Endpoint,
} from '../endpoint.ts';
import type { AdminOptions, DeclarationLoad, DeclarativeView } from '../types.ts';
import { describeChanges } from './changes.ts';

const onlyWithoutDatabase = badRequest('this endpoint is only available when Kong is configured to not use a database');
const tooLarge: Answer = {
  status: 413,
  body: {
    message: 'Configuration does not fit in LMDB database, consider raising the "lmdb_map_size" config for Kong',
  },
};

const failures: { readonly [L in Exclude<DeclarationLoad, 'loaded'>]: Answer } = {
  busy: {
    status: 429,
    body: { message: 'Currently loading previous configuration' },
    headers: { 'retry-after': '1' },
  },
  timeout: { status: 504, body: { message: 'Timed out while loading configuration' } },
  exiting: { status: 503, body: { message: 'Kong currently exiting' } },
};

/** `/config`: the whole configuration of a node that has no database. */
export function configEndpoint({ declarative }: AdminOptions): Endpoint {
  return {
    path: '/config',
    rawTypes: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'],
    methods: {
      async GET() {
        return declarative === undefined ? onlyWithoutDatabase : answerOk({ config: await declarative.export() });
      },
      async POST(request) {
        return declarative === undefined ? onlyWithoutDatabase : replace(declarative, request);
      },
    },
  };
}

interface Source {
  readonly table: { [key: string]: unknown };
  readonly text: string;
  readonly hash: string;
}

async function replace(view: DeclarativeView, request: AdminRequest): Promise<Answer> {
  if (request.raw.length > view.maxBytes) return tooLarge;
  const source = sourceOf(request);
  if ('status' in source) return source;
  if (argument(request, 'check_hash') === '1' && source.hash === view.hash()) return { status: 304 };
  const outcome = view.read(source.table, source.hash);
  if (!outcome.ok) return refusal(outcome, isTrue(argument(request, 'flatten_errors')));
  const { declaration } = outcome;
  if (isTrue(argument(request, 'dry_run'))) return answerOk(describeChanges(view.compare(declaration)));
  const loaded = await view.load(declaration, source.text);
  return loaded === 'loaded' ? answerCreated(shown(declaration)) : failures[loaded];
}

/** Finds the configuration in the request: the body itself as JSON or YAML, or text in its argument `config`. */
function sourceOf({ body, raw }: AdminRequest): Source | Answer {
  const { values } = body;
  if (values._format_version !== undefined) {
    const { check_hash: _hash, flatten_errors: _errors, dry_run: _run, ...table } = values;
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

function refusal(outcome: Extract<DeclarationOutcome, { readonly ok: false }>, isFlat: boolean): Answer {
  if (!isFlat) return answerError(daoErrors.declarative(outcome.errors));
  const { rows, rest } = outcome.flatten();
  return { status: 400, body: { ...daoErrors.declarative(rest), flattened_errors: rows } };
}

function shown({ rows }: Declaration): { [entity: string]: { [id: string]: unknown } } {
  const entities: { [entity: string]: { [id: string]: unknown } } = {};
  for (const [entity, list] of rows) {
    if (entity === 'workspaces') continue;
    entities[entity] = Object.fromEntries(list.map(({ row }) => [String(row.id ?? row.key), row]));
  }
  return entities;
}

/** An argument of the query, or else of the body. */
function argument({ query, body }: AdminRequest, name: string): unknown {
  const asked = query.get(name);
  if (asked !== undefined) return asked === true ? true : asked;
  const given = Object.hasOwn(body.values, name) ? body.values[name] : undefined;
  return typeof given === 'number' ? String(given) : given;
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(?:true|1|on|yes)$/i.test(value));
}
