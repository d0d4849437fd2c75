import {
  type EntityDefinition,
  type Field,
  type Fields,
  isReference,
  type Row,
  type Subschema,
} from '../schema/index.ts';
import type { SecretOutcome } from './vaults.ts';

/** What {@link createRowResolver} is given. */
export interface RowResolverOptions {
  readonly definitions: readonly EntityDefinition[];
  /** The subschema of an entity's row by the value of its subschema key. */
  readonly subschema: (entity: string, key: string) => Subschema | undefined;
  readonly resolve: (reference: string) => SecretOutcome;
  /** Told of references that lead nowhere; the field is empty then, as in Kong. */
  readonly onMissing: (entity: string, reference: string, error: string) => void;
}

/** Puts secrets in place of references in rows. */
export interface RowResolver {
  /** The row with its secrets; the same object when it refers to none. */
  resolve(entity: string, row: Row): Row;
}

type Resolve = (value: unknown, dereference: (reference: string) => string) => unknown;

/** Creates a resolver. It looks at fields that are flagged as referenceable and nowhere else. */
export function createRowResolver(options: RowResolverOptions): RowResolver {
  const definitions = new Map(options.definitions.map((definition) => [definition.name, definition]));
  const compiled = new Map<Fields, Resolve | undefined>();

  function resolverOf(fields: Fields): Resolve | undefined {
    if (!compiled.has(fields)) compiled.set(fields, compileRecord(fields));
    return compiled.get(fields);
  }

  return {
    resolve(entity, row) {
      const definition = definitions.get(entity);
      if (definition === undefined) return row;
      const dereference = (reference: string): string => {
        const outcome = options.resolve(reference);
        if (outcome.ok) return outcome.value;
        options.onMissing(entity, reference, outcome.error);
        return '';
      };
      let resolved: unknown = row;
      const own = resolverOf(definition.fields);
      if (own !== undefined) resolved = own(resolved, dereference);
      const key = definition.subschema_key === undefined ? undefined : row[definition.subschema_key];
      const subschema = typeof key === 'string' ? options.subschema(entity, key) : undefined;
      const more = subschema === undefined ? undefined : resolverOf(subschema.fields);
      return (more === undefined ? resolved : more(resolved, dereference)) as Row;
    },
  };
}

/** Compiles the search for references in a record; undefined when no field may hold one. */
function compileRecord(fields: Fields): Resolve | undefined {
  const parts: { readonly name: string; readonly resolve: Resolve }[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const resolve = compile(field);
    if (resolve !== undefined) parts.push({ name, resolve });
  }
  if (parts.length === 0) return undefined;
  return (value, dereference) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const record = value as Row;
    let changed: { [field: string]: unknown } | undefined;
    for (const { name, resolve } of parts) {
      const before = record[name];
      const after = resolve(before, dereference);
      if (after === before) continue;
      changed ??= { ...record };
      changed[name] = after;
    }
    return changed ?? record;
  };
}

function compile(field: Field): Resolve | undefined {
  switch (field.type) {
    case 'record':
      return field.abstract === true ? undefined : compileRecord(field.fields);
    case 'array':
    case 'set':
      return compileParts(compile(field.elements), (value) => Array.isArray(value));
    case 'map':
      return compileParts(compile(field.values), (value) => !Array.isArray(value));
    default:
      if (field.referenceable !== true) return undefined;
      return (value, dereference) => (isReference(value) ? dereference(value as string) : value);
  }
}

function compileParts(resolve: Resolve | undefined, fits: (value: object) => boolean): Resolve | undefined {
  if (resolve === undefined) return undefined;
  return (value, dereference) => {
    if (typeof value !== 'object' || value === null || !fits(value)) return value;
    const entries = Object.entries(value);
    const after = entries.map(([key, part]) => [key, resolve(part, dereference)] as const);
    if (after.every(([, part], at) => part === entries[at]![1])) return value;
    return Array.isArray(value) ? after.map(([, part]) => part) : Object.fromEntries(after);
  };
}
