import { coreEntities } from '../../entities/index.ts';
import { createManualClock, uuidV5 } from '../../kernel/index.ts';
import {
  createSchema,
  defineEntity,
  f,
  type Schema,
  type SchemaEnvironment,
  type Subschema,
  typedefs,
} from '../../schema/index.ts';
import { createDeclarationReader, type Declaration, type DeclarationOutcome } from './read.ts';
import { readDeclarativeText, type TextKind } from './text.ts';

/** An entity of a plugin: its rows belong to a consumer, may expire and have a generated key. */
const keyauthCredentials = defineEntity({
  name: 'keyauth_credentials',
  primary_key: ['id'],
  endpoint_key: 'key',
  cache_key: ['key'],
  workspaceable: true,
  ttl: true,
  fields: {
    id: typedefs.uuid(),
    created_at: typedefs.autoTimestampS(),
    consumer: f.foreign('consumers', { required: true, on_delete: 'cascade' }),
    key: f.string({ required: false, unique: true, auto: true }),
    tags: typedefs.tags(),
  },
});

/** All core entities and one of a plugin. */
export const definitions = [...coreEntities, keyauthCredentials];

const plugins: { readonly [name: string]: Subschema } = {
  'key-auth': {
    name: 'key-auth',
    fields: { config: f.record({ key_names: f.array(f.string(), { default: ['apikey'] }) }) },
  },
  limit: {
    name: 'limit',
    fields: { config: f.record({ minute: f.integer({ required: true }), policy: f.string({ default: 'local' }) }) },
  },
};

/** An environment in which ids are counted and the clock stands still. */
export function createTestEnvironment(): SchemaEnvironment {
  let made = 0;
  return {
    now: () => clock.now(),
    uuid: () => uuidV5('00000000-0000-4000-8000-000000000000', String(made++)),
    randomString: () => 'random',
    subschema: (entity, key) =>
      entity === 'plugins' && Object.hasOwn(plugins, key)
        ? plugins[key]
        : entity === 'vaults' && key === 'env'
          ? { name: 'env', fields: { config: f.record({ prefix: f.string() }) } }
          : undefined,
  };
}

/** A clock that stands at a round moment. */
export const clock = createManualClock(1_700_000_000_000);

/** A reader over {@link definitions}. */
export function createTestReader() {
  const schemas = new Map<string, Schema>();
  const environment: SchemaEnvironment = { ...createTestEnvironment(), foreign: (name) => schemas.get(name) };
  for (const definition of definitions) schemas.set(definition.name, createSchema(definition, environment));
  return createDeclarationReader({
    definitions,
    schemaOf: (entity) => schemas.get(entity)!,
    uuid: environment.uuid,
    now: environment.now,
  });
}

/** What a text says. */
export function readText(text: string, kind?: TextKind): DeclarationOutcome {
  const parsed = readDeclarativeText(text, kind);
  if (!parsed.ok) throw new Error(parsed.error);
  return createTestReader().read(parsed.table, parsed.hash);
}

/** The configuration of a text that is good. */
export function declarationOf(text: string): Declaration {
  const outcome = readText(text);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.errors));
  return outcome.declaration;
}
