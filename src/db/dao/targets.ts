import type { Row } from '../../schema/index.ts';
import type { ReadSession, StoredRecord } from '../strategies/strategy.ts';
import { fail, ok } from './context.ts';
import { daoErrors } from './errors.ts';
import { pageSize } from './page-options.ts';
import type { DaoResult, Page, PageOptions } from './types.ts';

/**
 * A page of an upstream's targets, newest first, of each `host:port` only the newest. The offset is the position in that
 * list as a decimal number.
 */
export async function pageTargets(
  session: ReadSession,
  upstream: string,
  options: PageOptions | undefined,
): Promise<DaoResult<Page>> {
  const size = pageSize(options);
  if (!size.ok) return size;
  const offset = options?.offset ?? '0';
  if (!/^\d{1,9}$/.test(offset)) return fail(daoErrors.invalidOffset(offset, 'bad number'));
  const start = Number(offset);
  const targets = newestFirst(await allTargets(session, upstream));
  const rows = targets.slice(start, start + size.value);
  const end = start + size.value;
  return ok(end < targets.length ? { rows, offset: String(end) } : { rows });
}

async function allTargets(session: ReadSession, upstream: string): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (;;) {
    const last = found.at(-1);
    const records = await session.page('targets', {
      limit: 1000,
      parent: { field: 'upstream', id: upstream },
      ...(last === undefined ? {} : { after: [String(last.row.id)] }),
    });
    found.push(...records);
    if (records.length < 1000) return found;
  }
}

function newestFirst(records: readonly StoredRecord[]): Row[] {
  const rows = records.map(({ row }) => row).sort(byAge);
  const seen = new Set<unknown>();
  return rows.filter((row) => !seen.has(row.target) && seen.add(row.target));
}

function byAge(a: Row, b: Row): number {
  const older = Number(b.created_at) - Number(a.created_at);
  return older !== 0 ? older : String(a.id) < String(b.id) ? 1 : -1;
}
