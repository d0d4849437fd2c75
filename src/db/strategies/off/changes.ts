import type { EntityChange } from '../../../events/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import type { Tables } from './tables.ts';

/**
 * What leads from one configuration to the other: rows that go, those that are referred to last, then rows that come or
 * change, those that are referred to first.
 */
export function changesBetween(
  definitions: readonly EntityDefinition[],
  before: Tables,
  after: Tables,
): readonly EntityChange[] {
  const changes: EntityChange[] = [];
  for (const { name } of [...definitions].reverse()) {
    const kept = after.get(name)?.byKey;
    for (const [key, { row }] of before.get(name)?.byKey ?? []) {
      if (kept?.has(key) !== true) changes.push({ entity: name, operation: 'delete', row });
    }
  }
  for (const { name } of definitions) {
    const known = before.get(name)?.byKey;
    for (const [key, record] of after.get(name)?.byKey ?? []) {
      const old = known?.get(key);
      if (old === undefined) changes.push({ entity: name, operation: 'create', row: record.row });
      else if (old !== record) changes.push({ entity: name, operation: 'update', row: record.row, old: old.row });
    }
  }
  return changes;
}
