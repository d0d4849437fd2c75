import type { Clock } from '../../../kernel/index.ts';
import type { EntityDefinition, Row } from '../../../schema/index.ts';
import { cacheKeyOf, hasCompositeKey } from '../../dao/cache-key.ts';
import { keyOf } from '../../dao/keys.ts';
import type { Declaration, DeclaredRow } from '../../declarative/read.ts';
import type { Key, StoredRecord, TagRecord } from '../strategy.ts';

/** The rows of one entity with the ways to find them, made when they are first asked for. */
export interface Table {
  readonly definition: EntityDefinition;
  readonly byKey: ReadonlyMap<string, StoredRecord>;
  /** In the order of the primary key. */
  readonly sorted: () => readonly StoredRecord[];
  readonly byField: (field: string) => ReadonlyMap<unknown, StoredRecord>;
  readonly byCacheKey: () => ReadonlyMap<string, StoredRecord>;
  /** Rows by the id that a foreign field refers to, each list in the order of the primary key. */
  readonly byParent: (field: string) => ReadonlyMap<string, readonly StoredRecord[]>;
  readonly tags: () => readonly TagRecord[];
}

/** All tables of a configuration. */
export type Tables = ReadonlyMap<string, Table>;

/** A primary key as one text. */
export function keyTextOf(key: Key): string {
  return key.length === 1 ? String(key[0]) : JSON.stringify(key);
}

/** Builds the tables of a configuration beside those that are there; rows that say the same are taken over. */
export function buildTables(
  definitions: readonly EntityDefinition[],
  declaration: Pick<Declaration, 'rows' | 'hash'>,
  workspaceId: string,
  clock: Clock,
  former: Tables,
): Tables {
  const tables = new Map<string, Table>();
  for (const definition of definitions) {
    const rows = declaration.rows.get(definition.name) ?? [];
    const all = definition.name === 'workspaces' ? withDefault(definition, rows, workspaceId, clock) : rows;
    tables.set(definition.name, createTable(definition, all, workspaceId, former.get(definition.name)));
  }
  return tables;
}

function withDefault(
  { fields }: EntityDefinition,
  rows: readonly DeclaredRow[],
  id: string,
  clock: Clock,
): readonly DeclaredRow[] {
  if (rows.some(({ row }) => row.name === 'default')) return rows;
  const now = Math.floor(clock.now() / 1000);
  const blank = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
  const row = { ...blank, id, name: 'default', created_at: now, updated_at: now, meta: {}, config: {} };
  return [{ row, expiresAt: null }, ...rows];
}

function createTable(
  definition: EntityDefinition,
  rows: readonly DeclaredRow[],
  workspaceId: string,
  former: Table | undefined,
): Table {
  const byKey = new Map<string, StoredRecord>();
  for (const declared of rows) {
    const key = keyTextOf(keyOf(definition, declared.row));
    const before = former?.byKey.get(key);
    byKey.set(key, before !== undefined && saysTheSame(before, declared) ? before : declared);
  }
  const sorted = once(() =>
    [...byKey.values()].sort((a, b) => compareKeys(keyOf(definition, a.row), keyOf(definition, b.row))),
  );
  return {
    definition,
    byKey,
    sorted,
    byField: perField((field) => {
      const found = new Map<unknown, StoredRecord>();
      for (const record of byKey.values()) {
        const value = keyValue(record.row[field]);
        if (value !== null && !found.has(value)) found.set(value, record);
      }
      return found;
    }),
    byCacheKey: once(() => {
      const found = new Map<string, StoredRecord>();
      if (!hasCompositeKey(definition)) return found;
      for (const record of byKey.values()) found.set(cacheKeyOf(definition, record.row, workspaceId), record);
      return found;
    }),
    byParent: perField((field) => {
      const found = new Map<string, StoredRecord[]>();
      for (const record of sorted()) {
        const id = keyValue(record.row[field]);
        if (typeof id !== 'string') continue;
        const list = found.get(id);
        if (list === undefined) found.set(id, [record]);
        else list.push(record);
      }
      return found;
    }),
    tags: once(() => tagsOf(definition, [...byKey.values()])),
  };
}

/** Compares by content; time stamps are the store's own. */
function saysTheSame(before: StoredRecord, { row, expiresAt }: DeclaredRow): boolean {
  if (before.expiresAt !== expiresAt) return false;
  const { created_at, updated_at } = before.row;
  const stamps: { [field: string]: unknown } = {};
  if (created_at !== undefined) stamps.created_at = created_at;
  if (updated_at !== undefined) stamps.updated_at = updated_at;
  return JSON.stringify({ ...row, ...stamps }) === JSON.stringify(before.row);
}

function tagsOf({ name, fields }: EntityDefinition, records: readonly StoredRecord[]): TagRecord[] {
  if (fields.tags === undefined) return [];
  return records.flatMap(({ row }) =>
    ((row.tags ?? []) as readonly string[]).map((tag, ordinality) => ({
      tag,
      entity_name: name,
      entity_id: String(row.id),
      ordinality,
    })),
  );
}

/** The value that a row is found by; for a foreign one the id. */
function keyValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? ((value as Row).id ?? null) : (value ?? null);
}

/** Compares two keys part by part, as a store sorts them. */
export function compareKeys(a: Key, b: Key): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]!;
    if (part !== other) return part < other ? -1 : 1;
  }
  return 0;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function perField<T>(make: (field: string) => T): (field: string) => T {
  const made = new Map<string, T>();
  return (field) => {
    let value = made.get(field);
    if (value === undefined) {
      value = make(field);
      made.set(field, value);
    }
    return value;
  };
}
