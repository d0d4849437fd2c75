import type { CompleteRow, DaoResult } from '../dao/types.ts';
import type { Database } from '../database.ts';
import type { Declaration } from './read.ts';

/**
 * Writes a configuration into a store in one transaction: rows replace those with their ids, all others stay. Returns how
 * many were written, or the first error, and then nothing has changed. `onRow` hears how many were done so far.
 */
export function importDeclaration(
  database: Database,
  declaration: Declaration,
  onRow?: (done: number) => void,
): Promise<DaoResult<number>> {
  return database.writeAll(rowsOf(declaration), onRow);
}

/** How many rows {@link importDeclaration} writes. */
export function countRows(declaration: Declaration): number {
  let count = 0;
  for (const _ of rowsOf(declaration)) count += 1;
  return count;
}

/** The rows of a configuration that a store may hold, each after those that it refers to. */
export function* rowsOf({ rows }: Declaration): Iterable<CompleteRow> {
  for (const [entity, list] of rows) {
    for (const { row, expiresAt } of list) {
      // The store has its own default workspace, with an id of its own.
      if (entity === 'workspaces' && row.name === 'default') continue;
      yield { entity, row, expiresAt };
    }
  }
}
