import type { EntityDefinition, Field, ForeignField } from '../../schema/index.ts';
import { hasCompositeKey } from '../dao/cache-key.ts';

/** How a value lies in a column: as it is, as 0 or 1, as JSON text, or as the id it refers to. */
export type Coding = 'plain' | 'boolean' | 'json' | 'reference';

/** One column of an entity's table, derived from one top-level field. */
export interface Column {
  /** `<field>_id` for foreign fields, the field's own name otherwise. */
  readonly name: string;
  readonly field: string;
  readonly definition: Field;
  readonly coding: Coding;
}

/** A foreign column and where it points. */
export interface Reference {
  readonly column: string;
  readonly field: string;
  readonly parent: string;
  readonly onDelete: 'cascade' | 'null' | undefined;
}

/** What every SQL strategy derives from an entity definition: its table. */
export interface TableLayout {
  readonly entity: string;
  readonly columns: readonly Column[];
  readonly primaryKey: readonly string[];
  readonly references: readonly Reference[];
  /** Unique fields; `columns` has the workspace in front where uniqueness ends at it. */
  readonly unique: readonly { readonly field: string; readonly columns: readonly string[] }[];
  /** Columns that are looked up by value without being unique. */
  readonly indexed: readonly string[];
  readonly hasWorkspace: boolean;
  readonly hasCacheKey: boolean;
  readonly hasTtl: boolean;
  readonly hasTags: boolean;
}

/** Columns beside those of fields: workspace, composite cache key, expiry in seconds since the epoch. */
export const extraColumns = { workspace: 'ws_id', cacheKey: 'cache_key', ttl: 'ttl' } as const;

/** Derives the table of an entity. Transient fields have no column. */
export function tableLayout(definition: EntityDefinition): TableLayout {
  const hasWorkspace = definition.workspaceable === true;
  const columns: Column[] = [];
  const references: Reference[] = [];
  const unique: { field: string; columns: readonly string[] }[] = [];
  const indexed: string[] = [];
  for (const [field, spec] of Object.entries(definition.fields)) {
    if (spec.transient === true) continue;
    const name = columnOf(field, spec);
    columns.push({ name, field, definition: spec, coding: codingOf(spec) });
    if (spec.type === 'foreign') {
      references.push({ column: name, field, parent: spec.reference, onDelete: (spec as ForeignField).on_delete });
      indexed.push(name);
    }
    const isKey = definition.primary_key.length === 1 && definition.primary_key[0] === field;
    if (spec.unique === true && !isKey) {
      const narrowed = hasWorkspace && spec.unique_across_ws !== true;
      unique.push({ field, columns: narrowed ? [extraColumns.workspace, name] : [name] });
    } else if (definition.endpoint_key === field && !isKey) {
      indexed.push(name);
    }
  }
  return {
    entity: definition.name,
    columns,
    primaryKey: definition.primary_key,
    references,
    unique,
    indexed,
    hasWorkspace,
    hasCacheKey: hasCompositeKey(definition),
    hasTtl: definition.ttl === true,
    hasTags: definition.fields.tags !== undefined && definition.fields.tags.transient !== true,
  };
}

function columnOf(field: string, spec: Field): string {
  return spec.type === 'foreign' ? `${field}_id` : field;
}

function codingOf(spec: Field): Coding {
  switch (spec.type) {
    case 'string':
    case 'integer':
    case 'number':
      return 'plain';
    case 'boolean':
      return 'boolean';
    case 'foreign':
      return 'reference';
    default:
      return 'json';
  }
}
