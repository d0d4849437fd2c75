/**
 * Around `npm pack` and `npm publish`: `prepare` compiles the sources to `dist/` and turns package.json into that of the
 * published package, `restore` puts the former one back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedManifest } from './pack/manifest.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const manifest = join(root, 'package.json');
const kept = join(root, 'dist', 'package.repository.json');

const steps = { prepare, restore };
const [name = ''] = process.argv.slice(2);
if (!Object.hasOwn(steps, name)) {
  process.stderr.write('Usage: node scripts/pack.mjs prepare|restore\n');
  process.exit(2);
}
steps[name]();

function prepare() {
  // A run that was cut short left the published manifest behind.
  restore();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
  const text = readFileSync(manifest, 'utf8');
  writeFileSync(kept, text);
  writeFileSync(manifest, `${JSON.stringify(publishedManifest(JSON.parse(text)), null, 2)}\n`);
}

function restore() {
  if (existsSync(kept)) renameSync(kept, manifest);
}
