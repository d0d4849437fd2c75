import type { Row } from '../../../schema/index.ts';
import type { Column } from '../columns.ts';
import type { NewRecord, StoredRecord } from '../strategy.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import type { Table } from './tables.ts';

/** How a column holds values, by the type that the catalogue names. */
export type Holding = 'plain' | 'number' | 'boolean' | 'timestamp' | 'json' | 'list' | 'json-list';

/** A field's column as it is in the database. */
export interface HeldColumn extends Column {
  readonly holding: Holding;
}

/** Reads a type of `format_type` as a {@link Holding}. */
export function holdingOf(type: string, column: Column): Holding {
  if (type.endsWith('[]')) return /^jsonb?\[\]$/.test(type) ? 'json-list' : 'list';
  if (/^timestamp/.test(type)) return 'timestamp';
  if (type === 'jsonb' || type === 'json') return 'json';
  if (type === 'boolean') return 'boolean';
  if (/^(?:bigint|integer|smallint|double precision|real|numeric)/.test(type)) return 'number';
  // Kong keeps some structures as text.
  return column.coding === 'json' ? 'json' : 'plain';
}

/** How a column is read: lists come as JSON, times as seconds since the epoch. */
export function readExpression(name: string, holding: Holding): string {
  if (holding === 'timestamp') return `EXTRACT(EPOCH FROM ${name})`;
  return holding === 'list' || holding === 'json-list' ? `to_jsonb(${name})` : name;
}

/** How a value is bound to a column. */
export function bindExpression(placeholder: string, holding: Holding): string {
  return holding === 'timestamp' ? `to_timestamp(${placeholder})` : placeholder;
}

/** The field whose value Postgres cannot hold: text with the character of code 0. */
export function unstorableField(table: Table, row: Row): string | undefined {
  return table.columns.find(({ field }) => hasNul(row[field]))?.field;
}

/** True when text has the character that no text of Postgres may have. */
export function hasNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => key.includes('\0') || hasNul(inner));
}

/** The values of a record in the order of the table's written columns, without the expiry. */
export function encodeRecord(table: Table, record: NewRecord, workspaceId: string): SqlValue[] {
  const values: SqlValue[] = table.columns.map((column) => encode(column, record.row[column.field]));
  if (table.hasCacheKey) values.push(record.cacheKey ?? null);
  if (table.hasWorkspace) values.push(workspaceId);
  return values;
}

/** Builds a record from the columns of fields, followed by the expiry where the entity has one. */
export function decodeRecord(table: Table, values: SqlRow): StoredRecord {
  const row: { [field: string]: unknown } = {};
  let at = 0;
  for (const column of table.columns) row[column.field] = decode(column, values[at++]!);
  const expiry = table.layout.hasTtl ? values[at]! : null;
  return { row: row as Row, expiresAt: expiry === null ? null : Number(expiry) };
}

function encode(column: HeldColumn, value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (column.coding === 'reference') return (value as { readonly id: string }).id;
  switch (column.holding) {
    case 'json':
      return JSON.stringify(value);
    case 'list':
      return (value as readonly unknown[]).map(String);
    case 'json-list':
      return (value as readonly unknown[]).map((element) => JSON.stringify(element));
    default:
      return value as string | number | boolean;
  }
}

function decode(column: HeldColumn, value: string | null): unknown {
  if (value === null) return null;
  if (column.coding === 'reference') return { id: value };
  switch (column.holding) {
    case 'plain':
      return value;
    case 'boolean':
      return value === 't';
    case 'number':
      return Number(value);
    case 'timestamp':
      // Kong keeps milliseconds in columns whose fields count seconds.
      return column.definition.type === 'integer' ? Math.floor(Number(value)) : Number(value);
    default:
      return JSON.parse(value) as unknown;
  }
}
