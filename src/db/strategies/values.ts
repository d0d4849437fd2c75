import type { Row } from '../../schema/index.ts';
import type { Column, TableLayout } from './columns.ts';
import type { NewRecord, StoredRecord } from './strategy.ts';

/** What is bound to a statement of a store whose values lie in columns as they are, or as JSON. */
export type SqlValue = string | number | null;

/** The values of a record in the order of the table's columns; expiry comes last and is bound only where asked for. */
export function encodeRecord(layout: TableLayout, record: NewRecord, workspaceId: string): SqlValue[] {
  const values: SqlValue[] = [];
  for (const column of layout.columns) values.push(encode(column, record.row[column.field]));
  if (layout.hasCacheKey) values.push(record.cacheKey ?? null);
  if (layout.hasWorkspace) values.push(workspaceId);
  return values;
}

/** Builds a record from the columns of fields, followed by the expiry where the entity has one. */
export function decodeRecord(layout: TableLayout, values: readonly unknown[]): StoredRecord {
  const row: { [field: string]: unknown } = {};
  let at = 0;
  for (const column of layout.columns) row[column.field] = decode(column, values[at++]);
  return { row: row as Row, expiresAt: layout.hasTtl ? (values[at] as number | null) : null };
}

function encode(column: Column, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  switch (column.coding) {
    case 'plain':
      return value as string | number;
    case 'boolean':
      return value === true ? 1 : 0;
    case 'json':
      return JSON.stringify(value);
    case 'reference':
      return (value as { readonly id: string }).id;
  }
}

function decode(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (column.coding) {
    case 'plain':
      return value;
    case 'boolean':
      return value === 1;
    case 'json':
      // MySQL's JSON arrives as what it stands for, that of others as text.
      return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
    case 'reference':
      return { id: value };
  }
}
