import { clusterTables } from './cluster.ts';
import { coreTables } from './core.ts';
import { pluginTables } from './plugins.ts';
import type { KongTable } from './table.ts';

export { kongMigrations } from './migrations.ts';
export type { KongTable } from './table.ts';

/** All tables of Kong 3.9. */
export const kongTables: readonly KongTable[] = [...clusterTables, ...coreTables, ...pluginTables];

/** Entities whose table is not named as they are. */
const named: ReadonlyMap<string, string> = new Map([['vaults', 'sm_vaults']]);

/** The table of an entity. */
export function tableName(entity: string): string {
  return named.get(entity) ?? entity;
}

/**
 * Functions that Kong's triggers call. `sync_tags` keeps one row of tags for each row of an entity; the other one
 * deletes two expired rows of the table, those that nobody else is at.
 */
export const kongFunctions: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: 'sync_tags',
    sql: `CREATE FUNCTION sync_tags() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE TG_OP
    WHEN 'TRUNCATE' THEN DELETE FROM tags WHERE entity_name = TG_TABLE_NAME;
    WHEN 'DELETE' THEN DELETE FROM tags WHERE entity_id = OLD.id;
    ELSE
      INSERT INTO tags (entity_id, entity_name, tags) VALUES (NEW.id, TG_TABLE_NAME, NEW.tags)
      ON CONFLICT (entity_id) DO UPDATE SET tags = EXCLUDED.tags;
  END CASE;
  RETURN NULL;
END $$`,
  },
  {
    name: 'batch_delete_expired_rows',
    sql: `CREATE FUNCTION batch_delete_expired_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format(
    'DELETE FROM %1$I WHERE ctid = ANY (ARRAY(SELECT ctid FROM %1$I WHERE %2$I < CURRENT_TIMESTAMP ' ||
    'ORDER BY %2$I LIMIT 2 FOR UPDATE SKIP LOCKED))', TG_TABLE_NAME, TG_ARGV[0]);
  RETURN NULL;
END $$`,
  },
];
