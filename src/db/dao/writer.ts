import type { EntityDefinition, Row, Schema } from '../../schema/index.ts';
import type { Key, NewRecord, StoredRecord, Violation, WorkPromise } from '../strategies/strategy.ts';
import { cacheKeyOf, hasCompositeKey } from './cache-key.ts';
import { collectDependants } from './cascade.ts';
import {
  type DaoContext,
  type EntityHooks,
  type EntityWriter,
  fail,
  type Given,
  type HookedWrite,
  ok,
  type Work,
  type WriteKind,
} from './context.ts';
import { daoErrors } from './errors.ts';
import { resolveForeign } from './foreign.ts';
import { keyFields, keyOf } from './keys.ts';
import { present } from './present.ts';
import { rowTag } from './row-tag.ts';
import { checkTtl, expiry } from './ttl.ts';
import type { DaoResult, WriteOptions } from './types.ts';

/** Creates the writer of one entity: hooks, references, schema, constraint, in that order. */
export function createWriter(
  context: DaoContext,
  definition: EntityDefinition,
  schema: Schema,
  hooks: EntityHooks,
): EntityWriter {
  const entity = definition.name;
  const composite = hasCompositeKey(definition);
  const isReadOnly = context.strategy.isReadOnly === true;
  const refusal = (verb: string) =>
    daoErrors.unsupported(`cannot ${verb} '${entity}' entities when not using a database`);
  const transient = Object.keys(definition.fields).filter((name) => definition.fields[name]!.transient === true);
  const lowerCased = definition.primary_key.filter((name) => {
    const field = definition.fields[name];
    return field?.type === 'string' && field.uuid === true;
  });

  /** True when nothing was said of the row that is there, or what was said holds. */
  async function isExpected(work: Work, found: StoredRecord | undefined, options: WriteOptions | undefined) {
    const expects = options?.expects;
    if (expects === undefined) return true;
    if (found === undefined) return false;
    if (expects === 'any') return true;
    const rows = [present(definition, found, context.clock)];
    const [row] = hooks.complete === undefined ? rows : await hooks.complete(rows, work.session);
    return expects.includes(rowTag(definition, row!));
  }

  /** Everything up to the statement: what was given becomes a complete row, or an error. */
  async function process(write: HookedWrite, given: unknown, make: (given: Given) => ReturnType<Schema['insert']>) {
    if (typeof given !== 'object' || given === null)
      return fail(daoErrors.schemaViolation({ '@entity': ['expected a record'] }));
    let input = given as Given;
    if (hooks.prepare !== undefined) {
      const prepared = await hooks.prepare(input, write);
      if (!prepared.ok) return prepared;
      input = prepared.value;
    }
    const resolved = await resolveForeign(context, write.work.session, definition, input);
    if (!resolved.ok) return resolved;
    const outcome = make(resolved.value);
    if (!outcome.ok) return fail(daoErrors.schemaViolation(outcome.errors));
    if (hooks.check !== undefined) {
      const refusal = await hooks.check(outcome.value, resolved.value, write);
      if (refusal !== undefined) return fail(refusal);
    }
    return ok({ row: outcome.value, given: resolved.value });
  }

  /** The row with the key that it must have, ids in lower case. */
  function keyed(row: Row, key: Key | undefined): Row {
    if (key !== undefined) return { ...row, ...keyFields(definition, key) };
    const name = lowerCased[0];
    const id = name === undefined ? undefined : (row[name] as string);
    return id === undefined || id === id.toLowerCase() ? row : { ...row, [name!]: id.toLowerCase() };
  }

  function record(row: Row, options: WriteOptions | undefined, kind: WriteKind): NewRecord {
    const expiresAt = expiry(definition, row, options?.ttl, kind, context.clock);
    const cacheKey = composite ? cacheKeyOf(definition, row, context.strategy.workspaceId) : undefined;
    return {
      row,
      ...(cacheKey === undefined ? {} : { cacheKey }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    };
  }

  /** The row as it is handed back and announced. */
  async function finish(
    write: HookedWrite,
    row: Row,
    given: Given,
    expiresAt: number | null,
    old?: Row,
  ): Promise<DaoResult<Row>> {
    let stored = present(definition, { row: withoutTransient(row), expiresAt }, context.clock);
    if (hooks.written !== undefined) {
      // The change is announced with the completed row, but ahead of what the hook itself writes.
      const at = write.work.changes.length;
      const completed = await hooks.written(row, given, write);
      if (!completed.ok) return completed;
      stored = completed.value;
      write.work.changes.splice(at, 0, change(stored, old));
    } else {
      write.work.changes.push(change(stored, old));
    }
    return ok(stored);
  }

  function change(row: Row, old: Row | undefined) {
    return old === undefined
      ? { entity, operation: 'create' as const, row }
      : { entity, operation: 'update' as const, row, old };
  }

  function withoutTransient(row: Row): Row {
    if (transient.length === 0) return row;
    const kept: { [field: string]: unknown } = { ...row };
    for (const name of transient) delete kept[name];
    return kept;
  }

  function violationError(violation: Violation, row: Row): ReturnType<typeof daoErrors.notFound> {
    switch (violation.kind) {
      case 'primary':
        return daoErrors.primaryKeyViolation(keyFields(definition, keyOf(definition, row)));
      case 'unique':
        return daoErrors.uniqueViolation({ [violation.field]: row[violation.field] });
      case 'cache-key':
        return daoErrors.uniqueViolation(
          Object.fromEntries(definition.cache_key!.map((field) => [field, row[field] ?? null])),
        );
      case 'foreign': {
        const field = definition.fields[violation.field];
        const parent = field?.type === 'foreign' ? field.reference : '';
        return daoErrors.invalidReference(violation.field, row[violation.field] as Given, parent);
      }
      case 'referenced':
        return daoErrors.restricted(entity, violation.by);
      case 'unstorable':
        return daoErrors.schemaViolation({ [violation.field]: violation.reason });
    }
  }

  return {
    async insert(work, given, options) {
      const write: HookedWrite = { kind: 'insert', work, context };
      const refused = checkTtl(definition, options?.ttl);
      if (refused !== undefined) return fail(refused);
      const processed = await process(write, given, (input) => schema.insert(input, making(options)));
      if (!processed.ok) return processed;
      if (isReadOnly) return fail(refusal('create'));
      const row = keyed(processed.value.row, undefined);
      const stored = record(row, options, 'insert');
      const violation = await work.session.insert(entity, stored);
      if (violation !== undefined) return fail(violationError(violation, row));
      return finish(write, row, processed.value.given, stored.expiresAt ?? null);
    },

    async update(work, key, given, options) {
      const write: HookedWrite = { kind: 'update', work, context, key };
      const refused = checkTtl(definition, options?.ttl);
      if (refused !== undefined) return fail(refused);
      const old = await work.session.select(entity, key);
      if (old === undefined) return fail(daoErrors.notFound(keyFields(definition, key)));
      if (!(await isExpected(work, old, options))) return fail(daoErrors.preconditionFailed());
      const processed = await process(write, given, (input) => schema.update(input, old.row, making(options)));
      if (!processed.ok) return processed;
      if (isReadOnly) return fail(refusal('update'));
      const row = keyed(processed.value.row, key);
      const stored = record(row, options, 'update');
      const violation = await work.session.update(entity, key, stored);
      if (violation !== undefined) return fail(violationError(violation, row));
      const expiresAt = stored.expiresAt === undefined ? old.expiresAt : stored.expiresAt;
      return finish(write, row, processed.value.given, expiresAt, present(definition, old, context.clock));
    },

    async upsert(work, key, given, options) {
      const write: HookedWrite = { kind: 'upsert', work, context, key };
      const refused = checkTtl(definition, options?.ttl);
      if (refused !== undefined) return fail(refused);
      const old = await work.session.select(entity, key);
      if (!(await isExpected(work, old, options))) return fail(daoErrors.preconditionFailed());
      const fields = keyFields(definition, key);
      const processed = await process(write, given, (input) => schema.upsert({ ...input, ...fields }, making(options)));
      if (!processed.ok) return processed;
      if (isReadOnly) return fail(refusal('create or update'));
      const row = keyed(processed.value.row, key);
      const stored = record(row, options, 'upsert');
      const violation = await work.session.upsert(entity, stored, old !== undefined);
      if (violation !== undefined) return fail(violationError(violation, row));
      return finish(
        write,
        row,
        processed.value.given,
        stored.expiresAt ?? null,
        old === undefined ? undefined : present(definition, old, context.clock),
      );
    },

    async delete(work, key, options) {
      const found = await work.session.select(entity, key);
      if (!(await isExpected(work, found, options))) return fail(daoErrors.preconditionFailed());
      if (found === undefined) return ok(false);
      if (isReadOnly) return fail(refusal('remove'));
      const row = present(definition, found, context.clock);
      const at = work.changes.length;
      if (hooks.deleting !== undefined) {
        const refusal = await hooks.deleting(found.row, work, context);
        if (refusal !== undefined) return fail(refusal);
      }
      const dependants = await collectDependants(context, work, definition, found.row);
      const violation = await work.session.delete(entity, key);
      if (violation !== undefined) return fail(violationError(violation, row));
      work.changes.splice(at, 0, { entity, operation: 'delete', row });
      work.changes.push(...dependants);
      return ok(true);
    },
  };
}

function making(options: WriteOptions | undefined): { readonly transform: boolean } {
  return { transform: options?.transform !== false };
}

/** Ends a piece of work: it is committed when it went well, and announced when something changed. */
export async function writeThrough<T>(
  context: DaoContext,
  body: (work: Work) => Promise<DaoResult<T>>,
  promise?: WorkPromise,
): Promise<DaoResult<T>> {
  return context.strategy.transaction(async (session) => {
    const work: Work = { session, changes: [] };
    const result = await body(work);
    if (result.ok && work.changes.length > 0) await session.publish?.({ changes: work.changes });
    return {
      commit: result.ok,
      value: result,
      committed: () => {
        if (work.changes.length === 0) return;
        try {
          context.announce({ changes: work.changes });
        } catch (fault) {
          // The write has gone through: a listener's fault must not turn it into a failure.
          context.logger.error(`Cannot announce a change of "${work.changes[0]!.entity}": ${String(fault)}`);
        }
      },
    };
  }, promise);
}
