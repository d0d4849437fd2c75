import type { Row } from '../../../schema/index.ts';
import { extraColumns } from '../columns.ts';
import type { Violation } from '../strategy.ts';
import type { Catalogue } from './catalogue.ts';
import { isAnswer, type PostgresError } from './connection.ts';
import type { Table } from './tables.ts';

/** SQLSTATEs of constraints (class 23), and of a value that is too long for an index. */
const states = { notNull: '23502', foreignKey: '23503', unique: '23505', tooLong: '54000' } as const;

/** True for the errors of a statement that ran into a constraint of the table. */
export function isConstraint(fault: unknown): fault is PostgresError {
  return isAnswer(fault) && Object.values(states).includes(fault.code as never);
}

/** True for the errors that say that a value cannot be one of its column's, such as an id that is no UUID (class 22). */
export function isBadValue(fault: unknown): boolean {
  return isAnswer(fault) && fault.code.startsWith('22');
}

/**
 * Names the constraint that a write to `table` ran into.
 * @throws the fault itself when it is about a constraint that no field stands for
 */
export function violationOf(
  table: Table,
  row: Row,
  tables: Iterable<Table>,
  catalogue: Catalogue,
  fault: PostgresError,
): Violation {
  if (fault.code === states.notNull) {
    const field = table.columns.find((column) => column.name === fault.column)?.field;
    if (field !== undefined) return { kind: 'unstorable', field, reason: 'required field missing' };
    throw fault;
  }
  if (fault.code === states.tooLong) {
    const [longest] = table.layout.unique
      .map(({ field }) => ({ field, length: JSON.stringify(row[field] ?? null).length }))
      .sort((a, b) => b.length - a.length);
    if (longest === undefined) throw fault;
    return { kind: 'unstorable', field: longest.field, reason: 'value is too long for the index of the store' };
  }
  const constraint = catalogue.constraints.get(fault.constraint ?? '');
  if (fault.code === states.foreignKey) {
    if (fault.table !== undefined && fault.table !== table.name)
      return { kind: 'referenced', by: entityOf(tables, fault.table) };
    const reference = table.layout.references.find(({ column }) => constraint?.columns.includes(column));
    if (reference === undefined) throw fault;
    return { kind: 'foreign', field: reference.field };
  }
  const columns = (constraint?.columns ?? []).filter((name) => name !== extraColumns.workspace);
  if (constraint?.kind === 'primary' || columns.join() === table.layout.primaryKey.join()) return { kind: 'primary' };
  if (columns.length !== 1 || columns[0] === extraColumns.cacheKey) return { kind: 'cache-key' };
  const field = table.columns.find((column) => column.name === columns[0])?.field;
  if (field === undefined) throw fault;
  return { kind: 'unique', field };
}

function entityOf(tables: Iterable<Table>, name: string): string {
  for (const table of tables) if (table.name === name) return table.layout.entity;
  return name;
}
