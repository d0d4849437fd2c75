import { createHash } from 'node:crypto';
import type { EntityDefinition, Row } from '../../schema/index.ts';

/**
 * A short text that changes whenever a row does, the same from every store and node. The time that a row has left to live
 * does not count.
 */
export function rowTag(definition: EntityDefinition, row: Row): string {
  const hash = createHash('sha1');
  for (const field of Object.keys(definition.fields)) hash.update(`${field}:${canonical(row[field] ?? null)};`);
  return hash.digest('base64url');
}

/** JSON with keys in order: a store may give them back in another one. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
}
