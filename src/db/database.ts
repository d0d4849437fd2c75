import type { ClusterNotice, EntityChange, EntityEvent } from '../events/index.ts';
import { type Clock, GibbonError, type Logger } from '../kernel/index.ts';
import { createSchema, type EntityDefinition, type SchemaEnvironment } from '../schema/index.ts';
import { type ApplyOptions, applyRows } from './dao/apply.ts';
import { type ChildField, type DaoContext, type Entity, ok } from './dao/context.ts';
import { createDao } from './dao/dao.ts';
import { hooksOf } from './dao/hooks.ts';
import { fetchingAhead, readAhead } from './dao/read-ahead.ts';
import { createTagsDao } from './dao/tags.ts';
import type { CompleteRow, Dao, DaoResult } from './dao/types.ts';
import { writeRow } from './dao/write-row.ts';
import { createWriter, writeThrough } from './dao/writer.ts';
import { relationsOf } from './declarative/relations.ts';
import type { Strategy } from './strategies/strategy.ts';

/** What {@link createDatabase} needs. */
export interface DatabaseOptions {
  readonly strategy: Strategy;
  /** Core entities and those of plugins; every entity that a foreign field refers to must be among them. */
  readonly entities: readonly EntityDefinition[];
  readonly environment: SchemaEnvironment;
  /** Told once of each write that went through, in the order of the commits, those of other nodes on the store too. */
  readonly onEvent: (event: EntityEvent) => void;
  /** Called when changes of other nodes may have been missed: whatever was read before must be read again. */
  readonly onLost?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What is to be added to the field `value` of one row. */
export interface ValueAddition {
  /** Values of the primary key, in the order of its fields. */
  readonly key: readonly (string | number)[];
  /** A whole number; 0 only reads, and makes no row. */
  readonly by: number;
  /** Life of a row that is made for it, in seconds. */
  readonly ttl: number;
}

/** The DAOs of one open store. */
export interface Database {
  /** The kind of store, such as `sqlite`. */
  readonly strategy: string;
  readonly entities: readonly EntityDefinition[];
  /** The id of the default workspace; part of cache keys. */
  readonly workspaceId: string;
  /** @throws GibbonError `ERR_STORE_ENTITY` for an unknown entity */
  dao(entity: string): Dao;
  /** True when there is a DAO of this name. */
  has(entity: string): boolean;
  /** True when the store answers. */
  reachable(): Promise<boolean>;
  /**
   * Replaces or inserts complete rows in one transaction, in the order in which they come, and announces them as one
   * change. At the first error nothing is written. `onRow` is told how many rows were done so far.
   */
  writeAll(rows: Iterable<CompleteRow>, onRow?: (done: number) => void): Promise<DaoResult<number>>;
  /** Brings the store to hold these rows; see {@link applyRows}. */
  apply(rows: readonly CompleteRow[], options: ApplyOptions): Promise<DaoResult<readonly EntityChange[]>>;
  /** Lets the other nodes on the store hear of something, once; nothing where the store belongs to this node alone. */
  tell(notice: ClusterNotice): Promise<void>;
  /**
   * Adds to the field `value` of rows, each of which begins at 0, and returns the sums in the same order. Each addition is
   * atomic among all nodes on the store, goes past the writers' turns, and is announced to nobody.
   * @throws GibbonError `ERR_STORE` when the store cannot be written to
   */
  add(entity: string, additions: readonly ValueAddition[]): Promise<readonly number[]>;
  /** Deletes rows whose time to live is over and returns how many; nothing is announced. */
  removeExpired(): Promise<number>;
  /** Waits for writes under way; later calls reject. */
  close(): Promise<void>;
}

/**
 * Opens the store, creates or migrates its tables and makes sure that the default workspace is there.
 * @throws GibbonError `ERR_STORE_OPEN` when it cannot be opened, `ERR_STORE_NEWER` when a newer version wrote it,
 * `ERR_STORE_ENTITY` when a foreign field refers to an entity that is not given
 */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  const { strategy } = options;
  const environment: SchemaEnvironment = { ...options.environment, foreign: (name) => daos.get(name)?.schema };
  const children = childFields(options.entities);
  const entities = new Map<string, Entity>();
  const daos = new Map<string, Dao>();

  const context: DaoContext = {
    strategy,
    environment,
    clock: options.clock,
    logger: options.logger,
    announce: options.onEvent,
    find: (name) => entities.get(name),
    entity(name) {
      const entity = entities.get(name);
      if (entity === undefined) throw unknownEntity(name);
      return entity;
    },
    childrenOf: (name) => children.get(name) ?? [],
  };

  // Tags are a view: they have no table of their own shape and no writer.
  const stored = options.entities.filter((definition) => definition.name !== 'tags');
  await strategy.open(stored);
  for (const definition of options.entities) {
    const schema = createSchema(definition, environment);
    if (definition.name === 'tags') {
      daos.set(definition.name, createTagsDao(strategy, schema));
      continue;
    }
    const hooks = hooksOf(definition.name);
    const entity = { definition, schema, hooks, writer: createWriter(context, definition, schema, hooks) };
    entities.set(definition.name, entity);
    daos.set(definition.name, createDao(context, entity));
  }
  await createDefaultWorkspace(context);
  await strategy.follow?.({
    heard: (event) => announceSafely(context, event),
    lost: () => {
      options.logger.error('Changes of other nodes may have been missed: reading everything again');
      options.onLost?.();
    },
  });

  const exported = relationsOf(options.entities)
    .ordered.filter(({ name, db_export }) => db_export !== false && name !== 'workspaces')
    .map(({ name }) => name);

  return {
    strategy: strategy.name,
    entities: options.entities,
    get workspaceId() {
      return strategy.workspaceId;
    },
    dao(name) {
      const dao = daos.get(name);
      if (dao === undefined) throw unknownEntity(name);
      return dao;
    },
    has: (name) => daos.has(name),
    apply: (rows, how) => applyRows(context, exported, rows, how),
    writeAll: (rows, onRow) =>
      writeThrough(
        context,
        async (work) => {
          const ahead = readAhead(context, work.session);
          const quick = { ...work, session: ahead.session };
          let done = 0;
          for await (const lot of fetchingAhead(context, ahead, rows)) {
            for (const row of lot) {
              const written = await writeRow(context, quick, row);
              if (!written.ok) return written;
              done += 1;
              onRow?.(done);
            }
          }
          return ok(done);
        },
        { endsAtFirstViolation: true },
      ),
    async tell(notice) {
      if (strategy.follow === undefined) return;
      await strategy.transaction(async (session) => {
        await session.publish?.({ changes: [], notice });
        return { commit: true, value: undefined };
      });
    },
    async add(name, additions) {
      context.entity(name);
      if (strategy.add === undefined) {
        throw new GibbonError(`Cannot write ${name}: the store is read only`, { code: 'ERR_STORE' });
      }
      const now = options.clock.now() / 1000;
      return strategy.add(
        name,
        additions.map(({ key, by, ttl }) => ({ key, by, expiresAt: now + ttl })),
      );
    },
    reachable: () => strategy.reachable(),
    removeExpired: () => strategy.removeExpired(),
    close: () => strategy.close(),
  };
}

function announceSafely(context: DaoContext, event: EntityEvent): void {
  try {
    context.announce(event);
  } catch (fault) {
    context.logger.error(`Cannot announce a change of another node: ${String(fault)}`);
  }
}

async function createDefaultWorkspace(context: DaoContext): Promise<void> {
  const workspaces = context.find('workspaces');
  if (workspaces === undefined) return;
  const id = context.strategy.workspaceId;
  const result = await writeThrough({ ...context, announce: () => {} }, async (work) => {
    const found = await work.session.select('workspaces', [id]);
    if (found !== undefined) return ok(found.row);
    return workspaces.writer.insert(work, { id, name: 'default' });
  });
  if (!result.ok) {
    throw new GibbonError(`Cannot create the default workspace: ${result.error.message}`, { code: 'ERR_STORE_OPEN' });
  }
}

function childFields(entities: readonly EntityDefinition[]): Map<string, ChildField[]> {
  const known = new Set(entities.map((definition) => definition.name));
  const children = new Map<string, ChildField[]>();
  for (const { name, fields } of entities) {
    for (const [field, spec] of Object.entries(fields)) {
      if (spec.type !== 'foreign') continue;
      if (!known.has(spec.reference)) throw unknownEntity(spec.reference);
      const list = children.get(spec.reference) ?? [];
      children.set(spec.reference, list);
      list.push({ child: name, field, onDelete: spec.on_delete });
    }
  }
  return children;
}

function unknownEntity(name: string): GibbonError {
  return new GibbonError(`Cannot find the entity "${name}": it was not given to the database`, {
    code: 'ERR_STORE_ENTITY',
  });
}
