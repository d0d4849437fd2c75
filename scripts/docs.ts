/**
 * Writes the pages that follow from data, and checks the links between all pages. With --check it writes nothing and
 * fails on a page that is not up to date.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { properties } from '../src/settings/index.ts';
import { featureErrors, renderCompatibility, renderSummary } from './docs/compatibility.ts';
import { renderConfiguration } from './docs/configuration.ts';
import { expectedText, type GeneratedDoc } from './docs/generated.ts';
import { checkLinks, checkListed, type Page } from './docs/links.ts';
import { openApiPath, renderOpenApi } from './docs/openapi.ts';
import { pluginDocs } from './docs/plugins.ts';
import { settingsUseErrors } from './docs/settings-use.ts';

const openApi = await renderOpenApi();
const generated: readonly GeneratedDoc[] = [
  { path: 'docs/configuration.md', render: renderConfiguration },
  { path: 'docs/compatibility.md', render: renderCompatibility },
  { path: 'README.md', part: 'compatibility', render: renderSummary },
  { path: openApiPath, render: () => openApi },
  ...pluginDocs,
];

const root = resolve(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const messages = featureErrors();

for (const doc of generated) {
  const path = join(root, doc.path);
  const present = existsSync(path) ? readFileSync(path, 'utf8') : '';
  let expected: string;
  try {
    expected = expectedText(doc, present);
  } catch (error) {
    messages.push(error instanceof Error ? error.message : String(error));
    continue;
  }
  if (expected === present) continue;
  if (isCheck) messages.push(`${doc.path} is not up to date: run node scripts/docs.ts`);
  else writeFileSync(path, expected);
}

const pages = read('*.md', '{docs,src,bench,examples,test}/**/*.md');
messages.push(...checkLinks(pages, (path) => existsSync(join(root, path))));
messages.push(...checkListed(pages, 'docs/README.md', /^docs\/[^/]+\.md$/));
messages.push(...settingsUseErrors(properties, read('src/**/*.ts')));

for (const message of messages) console.error(message);
console.log(messages.length === 0 ? `${pages.length} pages are as they should be` : `${messages.length} to mend`);
process.exitCode = messages.length === 0 ? 0 : 1;

function read(...patterns: string[]): Page[] {
  return globSync(patterns, { cwd: root })
    .filter((path) => !path.includes('node_modules'))
    .map((path) => ({ path: path.split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }));
}
