/**
 * Writes the description of the Admin API in OpenAPI 3.1. With --check it writes nothing and fails when the file is not up
 * to date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openApiPath, renderOpenApi } from './docs/openapi.ts';

const path = join(resolve(import.meta.dirname, '..'), openApiPath);
const expected = await renderOpenApi();
const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === expected;

if (isCurrent) {
  console.log(`${openApiPath} is up to date`);
} else if (process.argv.includes('--check')) {
  console.error(`${openApiPath} is not up to date: run node scripts/generate-openapi.ts`);
  process.exitCode = 1;
} else {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, expected);
  console.log(`${openApiPath} was written`);
}
