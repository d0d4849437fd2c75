import { closeSync, openSync, writeFileSync } from 'node:fs';
import { countRows, createOffStrategy, type Database, exportDeclaration, importDeclaration } from '../db/index.ts';
import { defaultWorkspaceId } from '../entities/index.ts';
import { GibbonError, silentLogger, systemClock } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';
import { fileProblem, readerOf, readFileOrThrow } from './declarative.ts';
import { loadPlugins } from './plugin-registry.ts';
import { openStore } from './store.ts';

/**
 * Reads a configuration and judges it as a node with these settings would; no store is opened.
 * @throws GibbonError `ERR_DECLARATIVE` with every mistake
 */
export async function parseConfigFile(settings: Settings, path: string): Promise<void> {
  const strategy = createOffStrategy({ clock: systemClock, workspaceId: defaultWorkspaceId });
  const database = await openStore(settings, await loadPlugins(settings), silentLogger, () => {}, { strategy });
  read(database, path);
}

/**
 * Writes the rows of a file into the store, in one transaction, and returns how many there were.
 * @throws GibbonError `ERR_DECLARATIVE` for a file that is not good, `ERR_IMPORT` for rows that the store refuses;
 * nothing is written then
 */
export async function importConfigFile(
  settings: Settings,
  path: string,
  hooks: { readonly onParsed: () => void; readonly onRow: (done: number, total: number) => void },
): Promise<number> {
  const database = await openStore(settings, await loadPlugins(settings), silentLogger, () => {});
  try {
    const declaration = read(database, path);
    hooks.onParsed();
    const total = countRows(declaration);
    const written = await importDeclaration(database, declaration, (done) => hooks.onRow(done, total));
    if (written.ok) return written.value;
    throw new GibbonError(`Failed importing:\n${written.error.message}`, { code: 'ERR_IMPORT' });
  } finally {
    await database.close();
  }
}

/**
 * Writes the rows of the store into a new file.
 * @throws when the file is there already or cannot be written, and GibbonError of the store
 */
export async function exportConfigFile(settings: Settings, path: string): Promise<void> {
  const database = await openStore(settings, await loadPlugins(settings), silentLogger, () => {});
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      for await (const text of exportDeclaration(database, () => systemClock.now())) writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  } finally {
    await database.close();
  }
}

function read(database: Database, path: string) {
  try {
    return readFileOrThrow(readerOf(database), path);
  } catch (fault) {
    const detail = fileProblem(fault);
    if (detail === undefined) throw fault;
    throw new GibbonError(`Failed parsing:\n${detail}`, { code: 'ERR_DECLARATIVE' });
  }
}
