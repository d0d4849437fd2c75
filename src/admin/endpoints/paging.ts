import { type Dao, type DaoError, type DaoResult, daoErrors, type Page, type PageOptions } from '../../db/index.ts';
import { type Answer, answerError, answerOk } from '../endpoint.ts';
import type { Query } from '../query.ts';

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: DaoError };

/** Reads size, offset and, where the entity has tags, tags from a query. */
export function pageOptions(query: Query, dao: Dao): Parsed<PageOptions> {
  let options: PageOptions = {};
  if (dao.definition.fields.tags !== undefined && query.get('tags') !== undefined) {
    const tags = parseTags(query.get('tags')!);
    if (!tags.ok) return tags;
    options = { ...options, tags: tags.value };
  }
  const size = query.get('size');
  if (size !== undefined) {
    const number =
      typeof size === 'string' && size.trim() !== '' && !query.repeated('size') ? Number(size) : Number.NaN;
    if (Number.isNaN(number)) return { ok: false, error: daoErrors.invalidSize('size must be a number') };
    options = { ...options, size: number };
  }
  const offset = query.get('offset');
  return { ok: true, value: typeof offset === 'string' ? { ...options, offset } : options };
}

/** `a,b` asks for all of the tags, `a/b` for any of them; both at once is a mistake. */
function parseTags(text: string | true): Parsed<NonNullable<PageOptions['tags']>> {
  if (text === true || text === '') return { ok: false, error: daoErrors.invalidOptions({ tags: 'cannot be null' }) };
  const separator = text.includes('/') ? '/' : ',';
  const parts = text.split(separator);
  if (parts.at(-1) === '') parts.pop();
  const isWrong = parts.length === 0 || parts.some((part) => part === '' || part.includes(',') || hasControl(part));
  if (isWrong) return { ok: false, error: daoErrors.invalidOptions({ tags: 'invalid filter syntax' }) };
  return { ok: true, value: { tags: parts, mode: separator === '/' ? 'or' : 'and' } };
}

function hasControl(text: string): boolean {
  for (const character of text) if (character < ' ' || character === '\x7f') return true;
  return false;
}

/** A page as its answer; `path` is the list's own path, and `carried` what the next page's query keeps. */
export function answerPage({ schema }: Dao, page: DaoResult<Page>, path: string, carried = ''): Answer {
  if (!page.ok) return answerError(page.error);
  const { rows, offset } = page.value;
  const data = rows.map((row) => schema.show(row));
  if (offset === undefined) return answerOk({ data, next: null });
  const next = `${path}?offset=${encodeURIComponent(offset)}${carried}`;
  return answerOk({ data, offset, next });
}

/** The part of a top-level list's query that its next page keeps. */
export function carriedQuery(query: Query): string {
  const tags = query.get('tags');
  const size = query.get('size');
  return (
    (typeof tags === 'string' ? `&tags=${encodeURIComponent(tags)}` : '') +
    (typeof size === 'string' ? `&size=${encodeURIComponent(size)}` : '')
  );
}
