import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Where a plugin's module is, or every place that was looked at in vain. */
export type FoundModule =
  | { readonly ok: true; readonly file: string }
  | { readonly ok: false; readonly tried: readonly string[] };

const extensions = ['.ts', '.js', '.mjs'];

/**
 * Finds the module of a plugin: in each folder of the search path as `<name>.ts`, `.js` or `.mjs`, as
 * `<name>/index.ts` (`.js`, `.mjs`) or through `<name>/package.json`; then among the packages that are installed for
 * these folders or beside the gateway itself, as `<name>`, `gibbon-plugin-<name>` or `kong-plugin-<name>`.
 */
export function findModule(name: string, searchPath: readonly string[]): FoundModule {
  const tried: string[] = [];
  const isThere = (file: string): boolean => {
    tried.push(file);
    return existsSync(file) && statSync(file).isFile();
  };
  const folders = searchPath.map((folder) => resolve(folder));
  for (const folder of folders) {
    const file = findInFolder(join(folder, name), isThere);
    if (file !== undefined) return { ok: true, file };
  }
  for (const packageName of [name, `gibbon-plugin-${name}`, `kong-plugin-${name}`]) {
    for (const modules of moduleFolders([...folders, import.meta.dirname])) {
      const file = packageEntry(join(modules, packageName), isThere);
      if (file !== undefined) return { ok: true, file };
    }
  }
  return { ok: false, tried };
}

function findInFolder(path: string, isThere: (file: string) => boolean): string | undefined {
  const files = [...extensions.map((extension) => path + extension), ...indexFiles(path)];
  return files.find(isThere) ?? packageEntry(path, isThere);
}

function indexFiles(folder: string): readonly string[] {
  return extensions.map((extension) => join(folder, `index${extension}`));
}

/** All `node_modules` of these folders and of those above them, nearest first. */
function moduleFolders(folders: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const folder of folders) {
    for (let at = folder; ; at = dirname(at)) {
      if (basename(at) !== 'node_modules') found.add(join(at, 'node_modules'));
      if (dirname(at) === at) break;
    }
  }
  return found;
}

/** The module that a package starts with: its `exports`, else its `main`, else its index. */
function packageEntry(folder: string, isThere: (file: string) => boolean): string | undefined {
  const manifestFile = join(folder, 'package.json');
  if (!isThere(manifestFile)) return undefined;
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as { exports?: unknown; main?: unknown };
  const entry = exportedEntry(manifest.exports) ?? manifest.main;
  const files = typeof entry === 'string' ? [join(folder, entry)] : indexFiles(folder);
  return files.find(isThere);
}

/** The file that `import` of a package leads to; conditions are taken in the order in which they stand. */
function exportedEntry(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return undefined;
  if ('.' in exports) return exportedEntry(exports['.']);
  for (const [condition, target] of Object.entries(exports)) {
    if (['import', 'node', 'module-sync', 'default'].includes(condition)) return exportedEntry(target);
  }
  return undefined;
}
