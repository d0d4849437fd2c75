import { rowTag, type WriteOptions } from '../db/index.ts';
import type { EntityDefinition, Row } from '../schema/index.ts';

/** The `ETag` header of a row (RFC 9110 section 8.8.3). */
export function tagHeader(definition: EntityDefinition, row: Row): { readonly etag: string } {
  return { etag: `"${rowTag(definition, row)}"` };
}

/** The condition that `If-Match` puts on a write (RFC 9110 section 13.1.1); none without the header. */
export function conditionOf(ifMatch: string | undefined): Pick<WriteOptions, 'expects'> {
  if (ifMatch === undefined) return {};
  if (ifMatch.trim() === '*') return { expects: 'any' };
  return { expects: tagsIn(ifMatch) };
}

/** True when a client that says `If-None-Match` has what an answer would carry. */
export function isKnown(ifNoneMatch: string | undefined, etag: string | undefined): boolean {
  if (ifNoneMatch === undefined || etag === undefined) return false;
  return ifNoneMatch.trim() === '*' || tagsIn(ifNoneMatch).includes(etag.slice(1, -1));
}

function tagsIn(header: string): readonly string[] {
  return header
    .split(',')
    .map((part) => /^(?:W\/)?"([^"]*)"$/.exec(part.trim())?.[1])
    .filter((tag) => tag !== undefined);
}
