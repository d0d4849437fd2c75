import { type Database, daoErrors } from '../../db/index.ts';
import { type Field, type Json, type Subschema, subschemaToJson } from '../../schema/index.ts';
import { type Body, givenTo } from '../body.ts';
import { type Answer, answerError, answerOk, type Endpoint, type Handler } from '../endpoint.ts';
import type { AdminOptions } from '../types.ts';

/** `/schemas/...`: what entities, plugins and vaults look like, and whether a row would be accepted. */
export function schemaEndpoints({ database, plugins, vaults }: AdminOptions): Endpoint[] {
  const pluginSchemas = new Map(plugins.map(({ name, schema }) => [name, schema]));
  return [
    { path: '/schemas/:name', methods: { GET: showEntity(database) } },
    {
      path: '/schemas/:db_entity_name/validate',
      methods: { POST: async ({ params, body }) => validate(database, params.db_entity_name ?? '', body) },
    },
    { path: '/schemas/plugins/validate', methods: { POST: async ({ body }) => validate(database, 'plugins', body) } },
    { path: '/schemas/vaults/validate', methods: { POST: async ({ body }) => validate(database, 'vaults', body) } },
    { path: '/schemas/plugins/:name', methods: { GET: showSubschema(pluginSchemas, 'plugin') } },
    { path: '/schemas/vaults/:name', methods: { GET: showSubschema(vaults ?? new Map(), 'vault') } },
    { path: '/plugins/schema/:name', methods: { GET: showConfig(pluginSchemas) } },
  ];
}

function showEntity(database: Database): Handler {
  return async ({ params }) => {
    const name = params.name ?? '';
    return database.has(name) ? answerOk(database.dao(name).schema.toJson()) : unknown('entity', name);
  };
}

function showSubschema(subschemas: ReadonlyMap<string, Subschema>, kind: string): Handler {
  return async ({ params }) => {
    const name = params.name ?? '';
    const subschema = subschemas.get(name);
    return subschema === undefined ? unknown(kind, name) : answerOk(subschemaToJson(subschema));
  };
}

/** The config field alone, as Kong before 1.2 had it. */
function showConfig(subschemas: ReadonlyMap<string, Subschema>): Handler {
  return async ({ params }) => {
    const name = params.name ?? '';
    const subschema = subschemas.get(name);
    if (subschema === undefined) return unknown('plugin', name);
    const config: Field | undefined = subschema.fields.config;
    const shown = subschemaToJson({ ...subschema, fields: config === undefined ? {} : { config } });
    return answerOk(firstField(shown));
  };
}

function firstField(shown: Json): unknown {
  const { fields } = shown as unknown as { readonly fields: readonly { readonly config?: unknown }[] };
  return fields[0]?.config ?? {};
}

async function validate(database: Database, name: string, body: Body): Promise<Answer> {
  if (!database.has(name)) return unknown('entity', name);
  const { schema } = database.dao(name);
  const outcome = schema.check(givenTo(schema, body));
  if (!outcome.ok) return answerError(daoErrors.schemaViolation(outcome.errors));
  return answerOk({ message: 'schema validation successful' });
}

function unknown(kind: string, name: string): Answer {
  return { status: 404, body: { message: `No ${kind} named '${name}'` } };
}
