import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid } from '../kernel/index.ts';

/** The id of the node: the one that is set, else the one kept in `<prefix>/kong.id`, else a new one that is kept there. */
export function nodeIdOf(prefix: string, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const path = join(prefix, 'kong.id');
  try {
    const kept = readFileSync(path, 'utf8').trim();
    if (isUuid(kept)) return kept;
  } catch {
    // Not there yet.
  }
  const made = randomUUID();
  writeFileSync(path, made);
  return made;
}
