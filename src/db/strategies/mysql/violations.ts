import type { TableLayout } from '../columns.ts';
import type { Violation } from '../strategy.ts';
import { isAnswer, type MysqlError } from './connection.ts';
import { foreignKeyName, indexedLength } from './tables.ts';

/** Numbers of the errors that a write may run into; MySQL and MariaDB agree on them. */
const numbers = { duplicate: 1062, noParent: 1452, hasChildren: 1451, tooLong: 1406, outOfRange: 1264 } as const;

/** True for the errors of a statement that ran into a constraint of the table, or a column too small. */
export function isConstraint(fault: unknown): fault is MysqlError {
  return isAnswer(fault) && Object.values(numbers).includes(fault.errno as never);
}

/**
 * Names the constraint that a write ran into.
 * @throws the fault itself when it is about a constraint that no field stands for
 */
export function violationOf(layout: TableLayout, fault: MysqlError): Violation {
  switch (fault.errno) {
    case numbers.duplicate: {
      // MySQL writes the table before the key, MariaDB does not.
      const key = / for key '(?:[^'.]*\.)?([^'.]*)'$/.exec(fault.message)?.[1] ?? '';
      if (key === 'PRIMARY') return { kind: 'primary' };
      if (key === 'cache_key_key') return { kind: 'cache-key' };
      const field = layout.unique.find((unique) => `${unique.field}_key` === key)?.field;
      if (field === undefined) throw fault;
      return { kind: 'unique', field };
    }
    case numbers.noParent: {
      const name = / CONSTRAINT `([^`]*)` FOREIGN KEY /.exec(fault.message)?.[1];
      const reference = layout.references.find(({ column }) => foreignKeyName(layout.entity, column) === name);
      if (reference === undefined) throw fault;
      return { kind: 'foreign', field: reference.field };
    }
    case numbers.hasChildren: {
      const child = /\(`[^`]*`\.`([^`]*)`, CONSTRAINT /.exec(fault.message)?.[1];
      if (child === undefined) throw fault;
      return { kind: 'referenced', by: child };
    }
    default: {
      const name = / for column (?:`[^`]*`\.`[^`]*`\.)?['`]([^'`]*)['`] /.exec(fault.message)?.[1];
      const field =
        layout.columns.find((column) => column.name === name)?.field ?? (name === 'tag' ? 'tags' : undefined);
      if (field === undefined) throw fault;
      const reason = fault.errno === numbers.tooLong ? `length must be at most ${indexedLength}` : 'value out of range';
      return { kind: 'unstorable', field, reason };
    }
  }
}
