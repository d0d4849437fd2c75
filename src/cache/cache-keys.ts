import type { EntityChange } from '../events/index.ts';
import type { EntityDefinition, Row } from '../schema/index.ts';

/** How many values a cache key has room for (Kong 3.9). */
const places = 5;

/** Entities whose cache key has neither all the places nor a workspace: their fields are unique across workspaces. */
const shapes: { readonly [entity: string]: 'bare' | 'placed' } = { keys: 'bare', vaults: 'placed' };

/**
 * The cache key of values in Kong's form: `<entity>:<f1>:<f2>:<f3>:<f4>:<f5>:<workspace id>`, empty places kept. The
 * exceptions are Kong's too: `keys:<kid>:<set>` and `vaults:<prefix>:::::`.
 */
export function cacheKey(definition: EntityDefinition, values: readonly string[], workspaceId: string): string {
  return cacheKeyPrefix(definition) + values.join(':') + cacheKeySuffix(definition, values.length, workspaceId);
}

/** What every cache key of an entity starts with. */
export function cacheKeyPrefix(definition: EntityDefinition): string {
  return `${definition.name}:`;
}

/** What every cache key of an entity with this many values ends with. */
export function cacheKeySuffix(definition: EntityDefinition, values: number, workspaceId: string): string {
  const shape = shapes[definition.name];
  if (shape === 'bare') return '';
  const workspace = shape === 'placed' || definition.workspaceable !== true ? '' : workspaceId;
  return ':'.repeat(places - values + 1) + workspace;
}

/** The key of a row by one unique field; of no form that a cache key can have. */
export function fieldKey(definition: EntityDefinition, field: string, value: string, workspaceId: string): string {
  const isGlobal = definition.workspaceable !== true || definition.fields[field]?.unique_across_ws === true;
  return `${definition.name}|${field}:${value}:${isGlobal ? '' : workspaceId}`;
}

/** The key of the rows that refer to one row of another entity; of no form that the other keys can have. */
export function listKey(definition: EntityDefinition, foreignField: string, id: string): string {
  return `${definition.name}*${foreignField}:${id}`;
}

/** The fields of a cache key: those that the entity names, else its primary key. */
export function cacheKeyFields(definition: EntityDefinition): readonly string[] {
  return definition.cache_key ?? definition.primary_key;
}

/** The fields that name one row each, beside the primary key. */
export function uniqueFields(definition: EntityDefinition): readonly string[] {
  return Object.keys(definition.fields).filter(
    (field) => definition.fields[field]!.unique === true || definition.endpoint_key === field,
  );
}

/** The cache key of a row; by its primary key when all fields of the cache key are null. */
export function cacheKeyOf(definition: EntityDefinition, row: Row, workspaceId: string): string {
  const workspace = typeof row.ws_id === 'string' ? row.ws_id : workspaceId;
  const values = cacheKeyFields(definition).map((field) => textOf(row[field]));
  const named = values.some((value) => value !== undefined);
  const chosen = named ? values : definition.primary_key.map((field) => textOf(row[field]));
  return cacheKey(
    definition,
    chosen.map((value) => value ?? ''),
    workspace,
  );
}

/** All keys under which a row, as it is and as it was, may be cached: as found, as missing, or in a list. */
export function affectedKeys(definition: EntityDefinition, change: EntityChange, workspaceId: string): Set<string> {
  const keys = new Set<string>();
  for (const row of change.old === undefined ? [change.row] : [change.row, change.old]) {
    const workspace = typeof row.ws_id === 'string' ? row.ws_id : workspaceId;
    keys.add(cacheKeyOf(definition, row, workspaceId));
    const ids = definition.primary_key.map((field) => textOf(row[field]) ?? '');
    keys.add(fieldKey(definition, 'id', ids.join(':'), workspace));
    for (const field of uniqueFields(definition)) {
      const value = textOf(row[field]);
      if (value !== undefined) keys.add(fieldKey(definition, field, value, workspace));
    }
    for (const [name, field] of Object.entries(definition.fields)) {
      const id = field.type === 'foreign' ? textOf(row[name]) : undefined;
      if (id !== undefined) keys.add(listKey(definition, name, id));
    }
  }
  return keys;
}

/** A field's value as it stands in a key: foreign ones by their id; undefined for null. */
function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'object') return textOf((value as { readonly id?: unknown }).id);
  return String(value as string | number | boolean);
}
