import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { DeclarationLoad, DeclarativeView } from '../admin/index.ts';
import {
  createDeclarationReader,
  type Database,
  type Declaration,
  type DeclarationOutcome,
  type DeclarationReader,
  describeProblems,
  emptyHash,
  exportDeclaration,
  kindOfFile,
  type OffStrategy,
  readDeclarativeText,
} from '../db/index.ts';
import type { EntityChange } from '../events/index.ts';
import { GibbonError, type Logger, messageOf, systemClock } from '../kernel/index.ts';
import type { Settings } from '../settings/index.ts';

/** What {@link createDeclarativeNode} needs. */
export interface DeclarativeOptions {
  readonly database: Database;
  readonly strategy: OffStrategy;
  /** Makes rows that changed known. */
  readonly announce: (changes: readonly EntityChange[]) => void;
  /** True once all workers have taken what was announced; false when they did not within so many milliseconds. */
  readonly settled: (limitMs: number) => Promise<boolean>;
  readonly logger: Logger;
  /** The largest text that is taken over the Admin API, in bytes. */
  readonly maxBytes: number;
  /** Where to keep what came over the Admin API; undefined to forget it at the end. */
  readonly persistAt: string | undefined;
}

/** The configuration of a node without a database: what it holds and how it gets another one. */
export interface DeclarativeNode extends DeclarativeView {
  /**
   * Takes the configuration that the settings name, or else the one that was kept.
   * @throws GibbonError `ERR_DECLARATIVE` when the one of the settings cannot be read or is not good
   */
  loadFromSettings(settings: Settings): void;
  /** The node is about to end: no further configuration is taken. */
  close(): void;
}

/** How long workers may take for a whole configuration. */
const settleLimit = 30_000;

/** Where a configuration that came over the Admin API is kept, under the prefix. */
export function persistedPath(prefix: string): string {
  return join(prefix, 'declarative', 'config.txt');
}

/** Creates a reader of configurations for the entities of a store. */
export function readerOf(database: Database): DeclarationReader {
  return createDeclarationReader({
    definitions: database.entities,
    schemaOf: (entity) => database.dao(entity).schema,
    uuid: () => randomUUID(),
    now: () => systemClock.now(),
  });
}

/** Creates the holder of a node's configuration; it holds nothing yet. */
export function createDeclarativeNode(options: DeclarativeOptions): DeclarativeNode {
  const { database, strategy, logger } = options;
  const reader = readerOf(database);
  let hash = emptyHash;
  let isLoading = false;
  let isClosing = false;

  function take(declaration: Declaration): void {
    const changes = strategy.replace(declaration);
    hash = declaration.hash;
    if (changes.length > 0) options.announce(changes);
  }

  function loadKept(): void {
    const path = options.persistAt;
    if (path === undefined || !existsSync(path)) return;
    try {
      take(goodOrThrow(readText(reader, readFileSync(path, 'utf8')), path));
    } catch (fault) {
      // A node that cannot use what it kept is as good as a new one: it waits for a configuration.
      logger.error(`Cannot use the configuration that was kept: ${messageOf(fault)}`);
    }
  }

  return {
    hash: () => hash,
    maxBytes: options.maxBytes,
    read: (table, textHash) => reader.read(table, textHash),
    compare: (declaration) => strategy.compare(declaration),

    async load(declaration, text): Promise<DeclarationLoad> {
      if (isClosing) return 'exiting';
      if (isLoading) return 'busy';
      isLoading = true;
      try {
        take(declaration);
        if (options.persistAt !== undefined) keep(options.persistAt, text, logger);
        return (await options.settled(settleLimit)) ? 'loaded' : 'timeout';
      } finally {
        isLoading = false;
      }
    },

    close() {
      isClosing = true;
    },

    async export() {
      let text = '';
      for await (const part of exportDeclaration(database, () => systemClock.now())) text += part;
      return text;
    },

    loadFromSettings(settings) {
      const { declarative_config: path, declarative_config_string: text } = settings;
      if (path !== undefined) {
        take(readFileOrThrow(reader, path));
      } else if (text !== undefined) {
        take(goodOrThrow(readText(reader, text), undefined));
      } else if (hash === emptyHash) {
        loadKept();
      }
    },
  };
}

/**
 * Reads a configuration from a file.
 * @throws GibbonError `ERR_DECLARATIVE` when it cannot be read or is not good; the message names every mistake
 */
export function readFileOrThrow(reader: DeclarationReader, path: string): Declaration {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    throw problem(path, messageOf(fault));
  }
  return goodOrThrow(readText(reader, text, path), path);
}

/** What is wrong with the file by itself, from the fault that {@link readFileOrThrow} threw; undefined for any other. */
export function fileProblem(fault: unknown): string | undefined {
  if (!(fault instanceof GibbonError) || fault.code !== 'ERR_DECLARATIVE') return undefined;
  return typeof fault.cause === 'string' ? fault.cause : fault.message;
}

function readText(reader: DeclarationReader, text: string, path?: string): DeclarationOutcome | string {
  const kind = path === undefined ? 'any' : kindOfFile(path);
  if (kind === undefined) return `unknown file type: ${path}. (Accepted types: json, yaml)`;
  const parsed = readDeclarativeText(text, kind);
  return parsed.ok ? reader.read(parsed.table, parsed.hash) : parsed.error;
}

function goodOrThrow(outcome: DeclarationOutcome | string, path: string | undefined): Declaration {
  if (typeof outcome === 'string') throw problem(path, outcome);
  if (!outcome.ok) throw problem(path, describeProblems(outcome.errors));
  return outcome.declaration;
}

function problem(path: string | undefined, detail: string): GibbonError {
  const what =
    path === undefined ? 'error parsing declarative string' : `error parsing declarative config file ${path}`;
  return new GibbonError(`${what}:\n${detail}`, { code: 'ERR_DECLARATIVE', cause: detail });
}

/** Written beside and then renamed, so that a crash leaves one whole configuration or the other. */
function keep(path: string, text: string, logger: Logger): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.tmp`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (fault) {
    logger.error(`Cannot keep the configuration at "${path}": ${messageOf(fault)}`);
  }
}
