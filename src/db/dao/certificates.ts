import type { Row } from '../../schema/index.ts';
import type { ReadSession } from '../strategies/strategy.ts';
import { type EntityHooks, fail, type Given, type HookedWrite, ok } from './context.ts';
import { daoErrors } from './errors.ts';
import type { DaoError, DaoResult } from './types.ts';

/**
 * Certificates carry `snis`, a list of names that live as rows of their own: it is checked before and written after the
 * certificate, all in one transaction, and shown sorted on every read. Absent, it leaves the names alone; null clears.
 */
export const certificateHooks: EntityHooks = {
  async prepare(given, write) {
    const names = namesOf(given);
    if (names === undefined) return ok(given);
    const refusal = repeated(names) ?? (await takenByOther(names, write));
    return refusal === undefined ? ok({ ...given, snis: names }) : fail(refusal);
  },

  async written(row, given, write) {
    const current = await snisOf(write.work.session, String(row.id));
    if (!Object.hasOwn(given, 'snis')) return ok({ ...row, snis: current.map(([name]) => name) });
    const wanted = [...new Set((row.snis ?? []) as readonly string[])].sort();
    const result = await replaceNames(String(row.id), current, wanted, write);
    return result.ok ? ok({ ...row, snis: wanted }) : result;
  },

  async deleting(row, work, context) {
    const { writer } = context.entity('snis');
    for (const [, id] of await snisOf(work.session, String(row.id))) {
      const gone = await writer.delete(work, [id]);
      if (!gone.ok) return gone.error;
    }
    return undefined;
  },

  async complete(rows, session) {
    const completed: Row[] = [];
    for (const row of rows) {
      const snis = await snisOf(session, String(row.id));
      completed.push({ ...row, snis: snis.map(([name]) => name) });
    }
    return completed;
  },
};

/** The names as a list of their own; undefined when they are absent or no list, which the schema refuses. */
function namesOf(given: Given): readonly unknown[] | undefined {
  if (given.snis === null) return [];
  return Array.isArray(given.snis) ? (given.snis as readonly unknown[]) : undefined;
}

function repeated(names: readonly unknown[]): DaoError | undefined {
  const seen = new Set<unknown>();
  for (const name of names) {
    if (seen.has(name)) return daoErrors.schemaViolation({ snis: `${String(name)} is duplicated` });
    seen.add(name);
  }
  return undefined;
}

async function takenByOther(names: readonly unknown[], write: HookedWrite): Promise<DaoError | undefined> {
  for (const name of names) {
    if (typeof name !== 'string') continue;
    const record = await write.work.session.selectBy('snis', 'name', name);
    const owner = (record?.row.certificate as { readonly id: string } | null | undefined)?.id;
    if (owner !== undefined && owner !== write.key?.[0]) {
      return daoErrors.schemaViolation({
        snis: `${name} already associated with existing certificate '${owner}'`,
      });
    }
  }
  return undefined;
}

async function replaceNames(
  certificate: string,
  current: readonly [name: string, id: string][],
  wanted: readonly string[],
  { context, work }: HookedWrite,
): Promise<DaoResult<undefined>> {
  const { writer } = context.entity('snis');
  const known = new Set(current.map(([name]) => name));
  for (const name of wanted) {
    if (known.has(name)) continue;
    const inserted = await writer.insert(work, { name, certificate: { id: certificate } });
    if (!inserted.ok) return inserted;
  }
  const kept = new Set(wanted);
  for (const [name, id] of current) {
    if (kept.has(name)) continue;
    const gone = await writer.delete(work, [id]);
    if (!gone.ok) return gone;
  }
  return ok(undefined);
}

/** Names and ids of a certificate's SNIs, sorted by name. */
async function snisOf(session: ReadSession, certificate: string): Promise<[name: string, id: string][]> {
  const found: [string, string][] = [];
  let after: readonly string[] | undefined;
  for (;;) {
    const records = await session.page('snis', {
      limit: 1000,
      parent: { field: 'certificate', id: certificate },
      ...(after === undefined ? {} : { after }),
    });
    for (const { row } of records) found.push([String(row.name), String(row.id)]);
    if (records.length < 1000) break;
    after = [found.at(-1)![1]];
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}
