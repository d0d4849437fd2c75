import type { TableLayout } from '../columns.ts';
import type { NewRecord, Violation } from '../strategy.ts';
import { encodeRecord } from '../values.ts';
import type { Connection } from './connection.ts';
import { selectReferrer } from './statements.ts';

/** Extended result codes of SQLite (https://www.sqlite.org/rescode.html). */
const codes = { primaryKey: 1555, unique: 2067, rowId: 2579, foreignKey: 787, trigger: 1811 } as const;

/** What SQLite says when a write fails on a constraint; anything else is a fault. */
interface SqliteError {
  readonly errcode: number;
  readonly message: string;
}

/** True for the errors of a statement that ran into a constraint of the table. */
export function isConstraint(fault: unknown): fault is SqliteError {
  if (typeof fault !== 'object' || fault === null || !('errcode' in fault)) return false;
  return Object.values(codes).includes(fault.errcode as never);
}

/** Names the constraint that an insert or update ran into. */
export function writeViolation(
  connection: Connection,
  layout: TableLayout,
  record: NewRecord,
  fault: SqliteError,
): Violation {
  if (fault.errcode === codes.primaryKey || fault.errcode === codes.rowId) return { kind: 'primary' };
  if (fault.errcode === codes.unique) {
    const columns = fault.message.slice(fault.message.indexOf(': ') + 2).split(', ');
    const column = columns.at(-1)!.slice(layout.entity.length + 1);
    if (column === 'cache_key') return { kind: 'cache-key' };
    const field = layout.unique.find((candidate) => candidate.columns.at(-1) === column)?.field;
    return { kind: 'unique', field: field ?? column };
  }
  // SQLite does not say which foreign key failed: the first that leads nowhere is it.
  const values = encodeRecord(layout, record, '');
  for (const reference of layout.references) {
    const id = values[layout.columns.findIndex((column) => column.name === reference.column)]!;
    if (id !== null && connection.get(selectReferrer(reference.parent, 'id'), [id]) === undefined) {
      return { kind: 'foreign', field: reference.field };
    }
  }
  throw fault;
}

/** Names the entity whose rows keep a row from going. */
export function deleteViolation(
  connection: Connection,
  layouts: Iterable<TableLayout>,
  entity: string,
  id: string,
  fault: SqliteError,
): Violation {
  for (const child of layouts) {
    for (const reference of child.references) {
      if (reference.parent !== entity || reference.onDelete !== undefined) continue;
      if (connection.get(selectReferrer(child.entity, reference.column), [id]) !== undefined) {
        return { kind: 'referenced', by: child.entity };
      }
    }
  }
  throw fault;
}
