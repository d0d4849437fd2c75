import { uuidV5 } from '../../kernel/index.ts';
import type { EntityDefinition } from '../../schema/index.ts';
import { type Bag, ownValue } from './bag.ts';

/** Kong's own namespace, from which each entity's is derived. */
const root = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';

const namespaces = new Map<string, string>();

/** The row that another is nested in, and the field that refers to it. */
export interface Nesting {
  readonly field: string;
  readonly parentId: string;
}

/**
 * The id of a row that was given none, the same on each load (Kong 3.9): made of the cache key, or else of the endpoint
 * key, with values exactly as they are written. Undefined where these do not name the row.
 */
export function derivedId(definition: EntityDefinition, given: Bag, nesting: Nesting | undefined): string | undefined {
  const key =
    definition.cache_key === undefined
      ? fromEndpointKey(definition, given, nesting)
      : fromCacheKey(definition, given, nesting);
  if (key === undefined) return undefined;
  let namespace = namespaces.get(definition.name);
  if (namespace === undefined) {
    namespace = uuidV5(root, definition.name);
    namespaces.set(definition.name, namespace);
  }
  return uuidV5(namespace, key);
}

/** Kong marks the workspace so when a row names none. */
const anyWorkspace = '*';

function fromCacheKey(definition: EntityDefinition, given: Bag, nesting: Nesting | undefined): string | undefined {
  const parts = [definition.name, anyWorkspace];
  for (const name of definition.cache_key!) {
    const field = definition.fields[name];
    const value = ownValue(given, name);
    if (field?.auto === true) return undefined;
    if (typeof value === 'string') parts.push(value);
    else if (value === undefined && name === nesting?.field) parts.push(nesting.parentId);
    else if (value === undefined && field?.required === true) return undefined;
    else if (value === undefined) parts.push('');
  }
  return parts.join(':');
}

function fromEndpointKey(definition: EntityDefinition, given: Bag, nesting: Nesting | undefined): string | undefined {
  const name = definition.endpoint_key;
  const value = name === undefined ? undefined : ownValue(given, name);
  if (name === undefined || typeof value !== 'string') return undefined;
  const field = definition.fields[name];
  if (field?.unique === true) return value;
  // The same name may stand under another parent.
  const parts = [value];
  for (const [foreign, spec] of Object.entries(definition.fields)) {
    if (spec.type !== 'foreign' || spec.on_delete !== 'cascade') continue;
    parts.push(nesting?.parentId ?? String(ownValue(given, foreign)));
  }
  if (field?.unique_across_ws !== true) parts.push(anyWorkspace);
  return parts.join(':');
}
