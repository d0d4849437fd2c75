import type { EntityDefinition, Json } from '../../schema/index.ts';
import type { Endpoint, EndpointMethod } from '../endpoint.ts';
import type { PluginView } from '../types.ts';
import { type JsonSchema, recordSchema } from './field-schema.ts';
import { type Subject, subjectsOf } from './subjects.ts';
import { summaries } from './summaries.ts';

/** What {@link openApiDocument} describes. */
export interface DocumentOptions {
  readonly endpoints: readonly Endpoint[];
  readonly entities: readonly EntityDefinition[];
  readonly plugins: readonly PluginView[];
  /** The version of the gateway. */
  readonly version: string;
}

/** Describes the Admin API in OpenAPI 3.1: its endpoints, and the schemas of entities and plugins. */
export function openApiDocument({ endpoints, entities, plugins, version }: DocumentOptions): JsonSchema {
  const subjects = subjectsOf(entities);
  const paths: { [path: string]: Json } = {};
  for (const endpoint of [...endpoints].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    if (endpoint.disabled === true) continue;
    paths[endpoint.path.replace(/:([^/]+)/g, '{$1}')] = pathItem(endpoint, subjects.get(endpoint.path));
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gibbon Admin API',
      version,
      description: 'Configures the gateway. Compatible with the Admin API of Kong 3.9.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: {
        Error: errorSchema,
        ...Object.fromEntries(entities.map((definition) => [definition.name, entitySchema(definition, plugins)])),
        ...Object.fromEntries(plugins.map((plugin) => [configName(plugin.name), configSchema(plugin)])),
      },
      parameters: listParameters,
      responses: {
        Error: {
          description: 'Refused: the body says why, field by field.',
          content: { 'application/json': { schema: reference('Error') } },
        },
        NotFound: {
          description: 'There is no such row.',
          content: {
            'application/json': { schema: { type: 'object', properties: { message: { type: 'string' } } } },
          },
        },
      },
    },
  };
}

const errorSchema: JsonSchema = {
  type: 'object',
  properties: {
    code: { type: 'integer', minimum: 1, maximum: 19 },
    name: { type: 'string' },
    message: { type: 'string' },
    fields: { type: 'object', description: 'Texts in the shape of the row.' },
  },
};

const listParameters: JsonSchema = {
  size: {
    name: 'size',
    in: 'query',
    description: 'Rows a page.',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
  offset: { name: 'offset', in: 'query', description: 'Where the last page ended.', schema: { type: 'string' } },
  tags: {
    name: 'tags',
    in: 'query',
    description: 'Only rows with all of these tags (`a,b`), or any (`a/b`).',
    schema: { type: 'string' },
  },
};

function entitySchema(definition: EntityDefinition, plugins: readonly PluginView[]): JsonSchema {
  const schema = recordSchema(definition.fields);
  const properties = schema.properties as { [name: string]: Json };
  for (const [name, { field }] of Object.entries(definition.shorthand_fields ?? {})) {
    if (Object.hasOwn(properties, name)) continue;
    const { type } = field;
    properties[name] = {
      writeOnly: true,
      ...(type === 'string' ? { type } : {}),
      description: 'Stands for other fields.',
    };
  }
  if (definition.ttl === true) {
    properties.ttl = { type: ['integer', 'null'], minimum: 0, maximum: 100_000_000, description: 'Seconds to live.' };
  }
  if (definition.name !== 'plugins') return schema;
  properties.config = { anyOf: plugins.map(({ name }) => reference(configName(name))) };
  properties.name = { type: 'string', examples: plugins.slice(0, 3).map(({ name }) => name) };
  return schema;
}

function configSchema({ name, schema }: PluginView): JsonSchema {
  const { config } = schema.fields;
  const fields = config?.type === 'record' ? config.fields : {};
  return { title: `Configuration of ${name}`, ...recordSchema(fields) };
}

function configName(plugin: string): string {
  return `plugin-${plugin}`;
}

function pathItem(endpoint: Endpoint, subject: Subject | undefined): Json {
  const names = [...endpoint.path.matchAll(/:([^/]+)/g)].map(([, name]) => name!);
  const item: { [key: string]: Json } = {};
  if (names.length > 0) {
    item.parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  }
  for (const method of Object.keys(endpoint.methods) as EndpointMethod[]) {
    item[method.toLowerCase()] = operation(method, endpoint.path, subject);
  }
  return item;
}

function operation(method: EndpointMethod, path: string, subject: Subject | undefined): Json {
  const body = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const own = subject === undefined ? undefined : reference(subject.entity);
  return {
    operationId: operationId(method, path),
    tags: [subject?.within ?? subject?.entity ?? 'node'],
    summary: summaries[`${method} ${path}`] ?? summaryOf(method, subject),
    ...(method === 'GET' && subject?.shape === 'list' ? { parameters: listReferences } : {}),
    ...(body ? { requestBody: requestBody(own) } : {}),
    responses: responses(method, subject, own),
  };
}

const listReferences: Json = ['size', 'offset', 'tags'].map((name) => ({ $ref: `#/components/parameters/${name}` }));

function requestBody(schema: Json | undefined): Json {
  const content = schema === undefined ? { schema: { type: 'object' } } : { schema };
  return { content: { 'application/json': content, 'application/x-www-form-urlencoded': content } };
}

function responses(method: EndpointMethod, subject: Subject | undefined, own: Json | undefined): Json {
  const json = (schema: Json): Json => ({ 'application/json': { schema } });
  const missing: { [status: string]: Json } =
    subject === undefined || (subject.shape === 'list' && subject.within === undefined)
      ? {}
      : { '404': { $ref: '#/components/responses/NotFound' } };
  if (method === 'DELETE') return { '204': { description: 'It is gone.' }, ...missing };
  if (own === undefined) return { default: { description: 'The answer.', content: json({}) } };
  const isList = subject!.shape === 'list';
  if (method === 'GET') {
    const page = {
      type: 'object',
      properties: {
        data: { type: 'array', items: own },
        next: { type: ['string', 'null'], description: 'Path of the next page.' },
        offset: { type: 'string' },
      },
    };
    return {
      '200': { description: isList ? 'A page of rows.' : 'The row.', content: json(isList ? page : own) },
      ...missing,
    };
  }
  const refused = { $ref: '#/components/responses/Error' };
  const written = { description: 'The row as it is stored.', content: json(own) };
  return { [method === 'POST' ? '201' : '200']: written, '400': refused, '409': refused, ...missing };
}

function summaryOf(method: EndpointMethod, subject: Subject | undefined): string {
  if (subject === undefined) return `${method} this path`;
  const what = subject.entity.replaceAll('_', ' ');
  const where = subject.within === undefined ? '' : ` of one of ${subject.within.replaceAll('_', ' ')}`;
  if (subject.shape === 'list') return method === 'GET' ? `List ${what}${where}` : `Create one of ${what}${where}`;
  const verbs = { GET: 'Show', PUT: 'Create or replace', PATCH: 'Change', DELETE: 'Delete', POST: 'Create' };
  return `${verbs[method]} one of ${what}${where}`;
}

function operationId(method: EndpointMethod, path: string): string {
  const words = path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words]
    .map((word, at) => (at === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('');
}

function reference(name: string): { [key: string]: Json } {
  return { $ref: `#/components/schemas/${name}` };
}
