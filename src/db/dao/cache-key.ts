import type { EntityDefinition, Row } from '../../schema/index.ts';

/**
 * The string that names a row in caches and in invalidations, and in the unique column of composite keys:
 * `<entity>:<five values>:<workspace>` with empty parts kept (Kong 3.9). Foreign values stand by id; where all values
 * are null the primary key stands in.
 */
export function cacheKeyOf(definition: EntityDefinition, row: Row, workspaceId: string): string {
  const fields = definition.cache_key ?? definition.primary_key;
  let values = fields.map((field) => keyPart(row[field]));
  if (values.every((value) => value === '')) values = definition.primary_key.map((field) => keyPart(row[field]));
  return cacheKey(definition, values, workspaceId);
}

/** The same string from the values of the cache key's fields, in their order; an absent one counts as null. */
export function cacheKey(definition: EntityDefinition, values: readonly string[], workspaceId: string): string {
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = values;
  // Both are unique across workspaces, and Kong names them without one.
  if (definition.name === 'vaults') return `vaults:${first}:::::`;
  if (definition.name === 'keys') return `keys:${first}:${second}`;
  const workspace = definition.workspaceable === true ? workspaceId : '';
  return `${definition.name}:${first}:${second}:${third}:${fourth}:${fifth}:${workspace}`;
}

/** True when the cache key is also a unique constraint over several fields. */
export function hasCompositeKey(definition: EntityDefinition): boolean {
  return definition.cache_key !== undefined && definition.cache_key.length > 1;
}

function keyPart(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return 'id' in value ? keyPart(value.id) : '';
  return String(value as string | number | boolean);
}
