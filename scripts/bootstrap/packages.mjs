import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.mjs';

/**
 * Installs what the lockfile names and is missing: packages of production alone, or all. A stamp remembers the lockfile
 * that was installed, so that the next run costs one comparison and needs no network.
 */
export function ensurePackages({ root, node, npm, packages, say }) {
  const lockPath = join(root, 'package-lock.json');
  // Installed from a registry there is no lockfile, and whoever installed us brought the packages.
  if (!existsSync(lockPath)) return;
  const lockText = readFileSync(lockPath, 'utf8');
  const hash = createHash('sha256').update(lockText).digest('hex');
  const modules = join(root, 'node_modules');
  const stampPath = join(modules, '.gibbon-installed');
  if (isStamped(readStamp(stampPath), hash, packages)) return;

  if (missingPackages(root, JSON.parse(lockText), packages).length > 0) {
    if (isLink(modules)) {
      throw new Error(`node_modules is a link and lacks packages: run npm ci in the folder that it points to`);
    }
    say(`Installing packages (${packages}, once)`);
    const omit = packages === 'all' ? ['--include=dev'] : ['--omit=dev'];
    runNpm({ node, npm, cwd: root, args: ['ci', '--ignore-scripts', ...omit] });
  }
  writeFileSync(stampPath, `${hash} ${packages}\n`);
}

/** True when a stamp's text says that what is wanted was installed from this very lockfile. */
export function isStamped(stamp, hash, packages) {
  const [stampedHash, stampedPackages] = stamp.trim().split(' ');
  return stampedHash === hash && (stampedPackages === 'all' || stampedPackages === packages);
}

/**
 * Paths of the packages that a lockfile names and that are not installed in that version. Packages for other
 * platforms do not count.
 */
export function missingPackages(root, lock, packages) {
  return Object.entries(lock.packages ?? {})
    .filter(([path, entry]) => {
      if (path === '' || entry.link === true || entry.optional === true || entry.devOptional === true) return false;
      return packages === 'all' || entry.dev !== true;
    })
    .filter(([path, entry]) => installedVersion(join(root, path)) !== entry.version)
    .map(([path]) => path);
}

function installedVersion(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  } catch {
    return undefined;
  }
}

function readStamp(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isLink(path) {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
