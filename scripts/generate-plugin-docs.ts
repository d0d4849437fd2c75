/**
 * Writes the configuration tables into the pages of the bundled plugins, from their schemas, and the list of these pages.
 * With --check it writes nothing and fails on a page that is not up to date. `scripts/docs.ts` does the same among others.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expectedText } from './docs/generated.ts';
import { pluginDocs } from './docs/plugins.ts';

const root = resolve(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
let outdated = 0;

for (const doc of pluginDocs) {
  const path = join(root, doc.path);
  const present = readFileSync(path, 'utf8');
  const expected = expectedText(doc, present);
  if (expected === present) continue;
  outdated++;
  if (isCheck) console.error(`${doc.path} is not up to date: run node scripts/generate-plugin-docs.ts`);
  else writeFileSync(path, expected);
}

console.log(outdated === 0 ? `${pluginDocs.length} pages are up to date` : `${outdated} pages were not up to date`);
process.exitCode = isCheck && outdated > 0 ? 1 : 0;
