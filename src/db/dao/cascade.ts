import type { EntityChange } from '../../events/index.ts';
import type { EntityDefinition, Row } from '../../schema/index.ts';
import type { Key } from '../strategies/strategy.ts';
import { cacheKeyOf, hasCompositeKey } from './cache-key.ts';
import type { DaoContext, Work } from './context.ts';
import { keyOf } from './keys.ts';
import { present } from './present.ts';

/** Rows read at a time while children are collected. */
const batch = 1000;

/**
 * The changes that deleting a row brings with it: children that go too, and their children, and rows whose reference is
 * set to null. The latter are written here; the former go with the row itself.
 */
export async function collectDependants(
  context: DaoContext,
  work: Work,
  definition: EntityDefinition,
  row: Row,
): Promise<EntityChange[]> {
  const found: EntityChange[] = [];
  const seen = new Set<string>();
  await collect(context, work, definition, row, found, seen);
  return found;
}

async function collect(
  context: DaoContext,
  work: Work,
  definition: EntityDefinition,
  row: Row,
  found: EntityChange[],
  seen: Set<string>,
): Promise<void> {
  for (const { child, field, onDelete } of context.childrenOf(definition.name)) {
    if (onDelete === undefined) continue;
    const childDefinition = context.entity(child).definition;
    let after: Key | undefined;
    for (;;) {
      const records = await work.session.page(child, {
        limit: batch,
        parent: { field, id: String(row.id) },
        ...(after === undefined ? {} : { after }),
      });
      for (const record of records) {
        const key = keyOf(childDefinition, record.row);
        after = key;
        const name = `${child} ${JSON.stringify(key)}`;
        if (seen.has(name)) continue;
        const old = present(childDefinition, record, context.clock);
        if (onDelete === 'null') {
          found.push(await clearReference(context, work, childDefinition, record.row, field, old));
          continue;
        }
        seen.add(name);
        found.push({ entity: child, operation: 'delete', row: old });
        await collect(context, work, childDefinition, record.row, found, seen);
      }
      if (records.length < batch) break;
    }
  }
}

async function clearReference(
  context: DaoContext,
  work: Work,
  definition: EntityDefinition,
  row: Row,
  field: string,
  old: Row,
): Promise<EntityChange> {
  const cleared = { ...row, [field]: null };
  const cacheKey = hasCompositeKey(definition)
    ? { cacheKey: cacheKeyOf(definition, cleared, context.strategy.workspaceId) }
    : {};
  await work.session.update(definition.name, keyOf(definition, row), { row: cleared, ...cacheKey });
  return { entity: definition.name, operation: 'update', row: { ...old, [field]: null }, old };
}
