import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedManifest } from './manifest.ts';

test('the published manifest leads to compiled files and leaves development out', () => {
  assert.deepEqual(
    publishedManifest({
      name: 'a',
      bin: { a: './scripts/a.mjs' },
      exports: { '.': './src/index.ts', './b': './src/b/index.ts' },
      scripts: { test: 'true' },
      dependencies: { c: '1.0.0' },
      devDependencies: { d: '1.0.0' },
    }),
    {
      name: 'a',
      bin: { a: './scripts/a.mjs' },
      dependencies: { c: '1.0.0' },
      exports: {
        '.': { types: './dist/index.d.ts', default: './dist/index.js' },
        './b': { types: './dist/b/index.d.ts', default: './dist/b/index.js' },
      },
    },
  );
});
