import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { openApiPath, renderOpenApi } from './openapi.ts';

const root = resolve(import.meta.dirname, '../..');
type Bag = { readonly [key: string]: unknown };

test('the description of the Admin API is up to date', async () => {
  const present = readFileSync(join(root, openApiPath), 'utf8');
  assert.ok(present === (await renderOpenApi()), 'run node scripts/docs.ts');
});

test('every reference in the description leads somewhere, and no two operations have one id', async () => {
  const api = JSON.parse(await renderOpenApi()) as Bag;
  const ids: string[] = [];
  const stack: unknown[] = [api];
  let references = 0;
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (typeof part !== 'object' || part === null) continue;
    const { $ref, operationId } = part as Bag;
    if (typeof operationId === 'string') ids.push(operationId);
    if (typeof $ref === 'string') {
      references += 1;
      let target: unknown = api;
      for (const step of $ref.slice('#/'.length).split('/')) target = (target as Bag)[step];
      assert.ok(target !== undefined, $ref);
    }
    stack.push(...Object.values(part).filter((value) => value !== undefined));
  }
  assert.ok(references > 100);
  assert.equal(new Set(ids).size, ids.length);
});

test('every parameter in a path is described', async () => {
  const { paths } = JSON.parse(await renderOpenApi()) as {
    paths: { [path: string]: { parameters?: { name: string }[] } };
  };
  for (const [path, { parameters = [] }] of Object.entries(paths)) {
    const named = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    assert.deepEqual(
      parameters.map(({ name }) => name),
      named,
      path,
    );
  }
});
