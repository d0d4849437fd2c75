/**
 * Around `npm pack` and `npm publish`: `prepare` compiles the sources to `dist/` and turns package.json into that of the
 * published package, `restore` puts the former one back.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Manifest, publishedManifest } from './pack/manifest.ts';

const root = resolve(import.meta.dirname, '..');
const manifest = join(root, 'package.json');
const kept = join(root, 'dist', 'package.repository.json');

const [step] = process.argv.slice(2);
if (step === 'prepare') prepare();
else if (step === 'restore') restore();
else {
  console.error('Usage: node scripts/pack.ts prepare|restore');
  process.exitCode = 2;
}

function prepare(): void {
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
  writeFileSync(manifest, `${JSON.stringify(publishedManifest(JSON.parse(text) as Manifest), null, 2)}\n`);
}

function restore(): void {
  if (existsSync(kept)) renameSync(kept, manifest);
}
