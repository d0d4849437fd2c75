import type { EntityDefinition, FieldErrors, Row, Schema } from '../../schema/index.ts';
import { type Bag, isBag, ownValue, setOwn } from './bag.ts';
import { collectItems, everyItem, type Item, type ItemList, problemOfAnnotation } from './items.ts';
import { migratePaths } from './older-paths.ts';
import { type FlattenedError, flattenProblems, problemTree } from './problems.ts';
import { createRegistry, type Registry } from './registry.ts';
import { type Relations, relationsOf } from './relations.ts';
import { emptyHash } from './text.ts';

/** A complete row, and when it expires in seconds since the epoch; null for never. */
export interface DeclaredRow {
  readonly row: Row;
  readonly expiresAt: number | null;
}

/** A configuration that was read and found good. */
export interface Declaration {
  /** Rows by entity; entities come after those that they refer to. */
  readonly rows: ReadonlyMap<string, readonly DeclaredRow[]>;
  /** MD5 of the text; 32 zeros when there is nothing but workspaces. */
  readonly hash: string;
  /** The id that the configuration gives the default workspace, if it names it. */
  readonly workspaceId?: string;
}

/** A good configuration, or what is wrong with it: as a tree, and row by row. */
export type DeclarationOutcome =
  | { readonly ok: true; readonly declaration: Declaration }
  | {
      readonly ok: false;
      readonly errors: FieldErrors;
      readonly flatten: () => { readonly rows: readonly FlattenedError[]; readonly rest: FieldErrors };
    };

/** What {@link createDeclarationReader} needs. */
export interface ReaderOptions {
  readonly definitions: readonly EntityDefinition[];
  readonly schemaOf: (entity: string) => Schema;
  readonly uuid: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Reads configurations, already parsed, into rows. It changes nothing and throws on no input. */
export interface DeclarationReader {
  readonly relations: Relations;
  read(table: Bag, hash: string): DeclarationOutcome;
}

const formats = ['1.1', '2.1', '3.0'];

/** Creates a {@link DeclarationReader} for a set of entities. */
export function createDeclarationReader(options: ReaderOptions): DeclarationReader {
  const relations = relationsOf(options.definitions);
  const known = new Set(relations.ordered.map(({ name }) => name));

  return {
    relations,
    read(table, hash) {
      migratePaths(table);
      const general = problemsOfTop(table, known);
      const shared = ownValue(table, '_plugin_configs');
      const lists = collectItems(table, { ...options, relations, pluginConfigs: isBag(shared) ? shared : {} });
      const registry = createRegistry(lists);
      const transform = ownValue(table, '_transform') !== false;

      const rows = new Map<string, DeclaredRow[]>(relations.ordered.map(({ name }) => [name, []]));
      const links = new Links(relations, registry);
      for (const item of everyItem(lists)) {
        const given = links.resolve(item);
        const outcome = options.schemaOf(item.definition.name).insert(given, { transform });
        if (!outcome.ok)
          item.problem = isBag(item.problem) ? { ...(item.problem as FieldErrors), ...outcome.errors } : outcome.errors;
        else
          rows
            .get(item.definition.name)!
            .push({ row: storedRow(item.definition, outcome.value), expiresAt: item.expiresAt });
      }

      const tree = { ...general, ...problemTree(lists) };
      if (Object.keys(tree).length > 0) return refuse(tree, lists, relations, general);
      const conflicts = merged(links.missing, registry.conflicts());
      if (Object.keys(conflicts).length > 0) return refuse(conflicts, lists, relations, general);
      const repeated = registry.repeatedValues(rows);
      if (Object.keys(repeated).length > 0) return refuse(repeated, lists, relations, general);

      for (const [entity, list] of rows) if (list.length === 0) rows.delete(entity);
      const workspace = rows.get('workspaces')?.find(({ row }) => row.name === 'default');
      const isEmpty = rows.size === 0 || (rows.size === 1 && rows.has('workspaces'));
      return {
        ok: true,
        declaration: {
          rows,
          hash: isEmpty ? emptyHash : hash,
          ...(workspace === undefined ? {} : { workspaceId: String(workspace.row.id) }),
        },
      };
    },
  };
}

function refuse(
  errors: FieldErrors,
  lists: readonly ItemList[],
  relations: Relations,
  general: FieldErrors,
): DeclarationOutcome {
  return {
    ok: false,
    errors,
    flatten() {
      const { rows, rest } = flattenProblems(lists, relations);
      return { rows, rest: { ...general, ...rest } };
    },
  };
}

/** What is wrong beside the lists of entities. */
function problemsOfTop(table: Bag, known: ReadonlySet<string>): FieldErrors {
  const errors: FieldErrors = {};
  const version = ownValue(table, '_format_version');
  if (version === undefined || version === null) errors._format_version = 'required field missing';
  else if (typeof version !== 'string') errors._format_version = 'expected a string';
  else if (!formats.includes(version)) errors._format_version = `expected one of: ${formats.join(', ')}`;
  const transform = ownValue(table, '_transform');
  if (transform !== undefined && transform !== null && typeof transform !== 'boolean') {
    errors._transform = 'expected a boolean';
  }
  for (const key of ['_comment', '_ignore'] as const) {
    const text = problemOfAnnotation(key, ownValue(table, key));
    if (text !== undefined) errors[key] = text;
  }
  const shared = ownValue(table, '_plugin_configs');
  if (shared !== undefined && shared !== null && !isBag(shared)) errors._plugin_configs = 'expected a map';
  for (const key of Object.keys(table)) {
    if (!known.has(key) && !annotations.has(key)) setOwn(errors, key, 'unknown field');
  }
  return errors;
}

const annotations = new Set(['_format_version', '_transform', '_comment', '_ignore', '_plugin_configs']);

/** Fields that are kept in rows of their own are no part of a stored row. */
function storedRow({ fields }: EntityDefinition, row: Row): Row {
  let kept: Bag | undefined;
  for (const name in fields) {
    if (fields[name]!.transient !== true) continue;
    kept ??= { ...row };
    delete kept[name];
  }
  return kept ?? row;
}

/** Stands in for a row that is not there, so that the rest of the row is judged all the same. */
const anybody = '00000000-0000-4000-8000-000000000000';

/** Puts ids in place of the names in foreign fields, and notes those that name nothing. */
class Links {
  /** Kong's tree of these: by entity, then by the name or id of the row. */
  readonly missing: { [entity: string]: { [row: string]: string[] } } = {};
  readonly #relations: Relations;
  readonly #registry: Registry;

  constructor(relations: Relations, registry: Registry) {
    this.#relations = relations;
    this.#registry = registry;
  }

  resolve(item: Item): Bag {
    const { given, parent, parentField } = item;
    let resolved: Bag | undefined;
    for (const { field, parent: entity } of this.#relations.linksOf(item.definition.name)) {
      if (parent !== undefined && field === parentField) {
        resolved = { ...(resolved ?? given), [field]: { id: parent.problem === undefined ? parent.id : anybody } };
        continue;
      }
      const value = ownValue(given, field);
      if (typeof value !== 'string' && !isBag(value)) continue;
      const found = this.#registry.find(entity, value);
      if (found === undefined) this.#miss(item, field, value, entity);
      resolved = { ...(resolved ?? given), [field]: { id: found?.id ?? anybody } };
    }
    return resolved ?? given;
  }

  #miss(item: Item, field: string, value: unknown, parent: string): void {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const message = `invalid reference '${field}: ${text}' (no such entry in '${parent}')`;
    const rows = (this.missing[item.definition.name] ??= Object.create(null) as { [row: string]: string[] });
    (rows[this.#registry.nameOf(item)] ??= []).push(message);
    this.#registry.note(item, message);
  }
}

/** The errors of rows by name and of those by number; where an entity has both, numbers become names. */
function merged(named: FieldErrors, numbered: FieldErrors): FieldErrors {
  const all: FieldErrors = { ...named };
  for (const [entity, problem] of Object.entries(numbered)) {
    const before = named[entity];
    if (before === undefined || !Array.isArray(problem)) {
      all[entity] = problem;
      continue;
    }
    const both: FieldErrors = { ...(before as FieldErrors) };
    for (const [index, part] of problem.entries()) if (part !== null) setOwn(both, String(index + 1), part);
    all[entity] = both;
  }
  return all;
}
