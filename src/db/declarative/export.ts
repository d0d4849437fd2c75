import type { EntityDefinition, Row } from '../../schema/index.ts';
import type { Database } from '../database.ts';
import type { Bag } from './bag.ts';
import { relationsOf } from './relations.ts';
import { formatYaml } from './yaml.ts';

/**
 * Writes all rows of a store as a declarative configuration in YAML: references by id, nulls written out, transformations
 * marked as done. Yields text entity by entity. Workspaces, and what is not meant for export, stay behind.
 */
export async function* exportDeclaration(database: Database, now: () => number): AsyncIterable<string> {
  yield formatYaml({ _format_version: '3.0', _transform: false });
  for (const definition of relationsOf(database.entities).ordered) {
    if (definition.db_export === false || definition.name === 'workspaces') continue;
    const rows: Bag[] = [];
    for await (const row of database.dao(definition.name).each()) rows.push(exportedRow(definition, row, now));
    if (rows.length > 0) yield formatYaml({ [definition.name]: rows });
  }
}

function exportedRow({ fields, ttl }: EntityDefinition, row: Row, now: () => number): Bag {
  const written: Bag = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.transient === true || row[name] === undefined) continue;
    const value = row[name];
    written[name] = field.type === 'foreign' && value !== null ? (value as { readonly id: string }).id : value;
  }
  // A moment, so that rows end when they would have ended.
  if (ttl === true && typeof row.ttl === 'number') written.ttl = Math.round(now() / 1000 + row.ttl);
  return written;
}
