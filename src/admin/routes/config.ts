import type { Declaration } from '../../db/index.ts';
import { type AdminRequest, type Answer, answerCreated, answerOk, badRequest, type Endpoint } from '../endpoint.ts';
import type { AdminOptions, DeclarationLoad, DeclarativeView } from '../types.ts';
import { describeChanges } from './changes.ts';
import { argument, isTrue, refusal, sourceOf, yamlTypes } from './declaration-source.ts';

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
    rawTypes: yamlTypes,
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

function shown({ rows }: Declaration): { [entity: string]: { [id: string]: unknown } } {
  const entities: { [entity: string]: { [id: string]: unknown } } = {};
  for (const [entity, list] of rows) {
    if (entity === 'workspaces') continue;
    entities[entity] = Object.fromEntries(list.map(({ row }) => [String(row.id ?? row.key), row]));
  }
  return entities;
}
