import type { EntityChange } from '../../../events/index.ts';
import { type Clock, GibbonError } from '../../../kernel/index.ts';
import type { EntityDefinition } from '../../../schema/index.ts';
import type { Declaration } from '../../declarative/read.ts';
import type { Strategy, WriteSession } from '../strategy.ts';
import { changesBetween } from './changes.ts';
import { createMemorySession } from './session.ts';
import { buildTables, type Tables } from './tables.ts';

/** What a store without a database needs. */
export interface OffOptions {
  readonly clock: Clock;
  /** The id of the default workspace unless a configuration gives it another. */
  readonly workspaceId: string;
}

/** A store that holds one declarative configuration in memory; nobody can write to it row by row. */
export interface OffStrategy extends Strategy {
  /**
   * Puts a configuration in the place of the one that is held, at once for all readers, and returns what changed. Rows
   * that say the same keep their time stamps.
   */
  replace(declaration: Declaration): readonly EntityChange[];
  /** The same without doing it. */
  compare(declaration: Declaration): readonly EntityChange[];
}

/** Creates a store without a database. */
export function createOffStrategy({ clock, workspaceId: standardId }: OffOptions): OffStrategy {
  let definitions: readonly EntityDefinition[] = [];
  let workspaceId = standardId;
  let tables: Tables = new Map();

  const session = createMemorySession(() => tables, clock);
  const readOnly = async (): Promise<never> => {
    throw new GibbonError('Cannot write to the store: it holds a declarative configuration', { code: 'ERR_STORE' });
  };
  const write: WriteSession = { ...session, insert: readOnly, update: readOnly, upsert: readOnly, delete: readOnly };

  function next(declaration: Declaration): { readonly tables: Tables; readonly changes: readonly EntityChange[] } {
    const changes: EntityChange[] = [];
    const id = declaration.workspaceId ?? standardId;
    const built = buildTables(definitions, declaration, id, clock, tables);
    changes.push(...changesBetween(definitions, tables, built));
    return { tables: built, changes };
  }

  return {
    name: 'off',
    isReadOnly: true,
    get workspaceId() {
      return workspaceId;
    },
    read: session,
    async open(entities) {
      definitions = entities;
      tables = buildTables(definitions, { rows: new Map(), hash: '' }, workspaceId, clock, tables);
    },
    async transaction(work) {
      const decision = await work(write);
      if (decision.commit) decision.committed?.();
      return decision.value;
    },
    reachable: async () => true,
    removeExpired: async () => 0,
    close: async () => {},
    compare: (declaration) => next(declaration).changes,
    replace(declaration) {
      const { tables: built, changes } = next(declaration);
      tables = built;
      workspaceId = declaration.workspaceId ?? standardId;
      return changes;
    },
  };
}
