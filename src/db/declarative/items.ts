import { isUuid } from '../../kernel/index.ts';
import type { EntityDefinition, FieldErrors, FieldProblem } from '../../schema/index.ts';
import { type Bag, isBag, ownValue, setOwn } from './bag.ts';
import { derivedId } from './ids.ts';
import type { Relations } from './relations.ts';

/** One row as it is written down, with the rows nested in it. */
export interface Item {
  readonly definition: EntityDefinition;
  /** As it is written. */
  readonly source: Bag;
  /** The row's own fields: without nested rows and annotations, with its id. */
  readonly given: Bag;
  /** Empty where what was given is no id. */
  readonly id: string;
  readonly index: number;
  readonly parent: Item | undefined;
  /** The field that refers to the parent. */
  readonly parentField: string | undefined;
  lists: readonly ItemList[];
  /** Seconds since the epoch, for rows that expire. */
  readonly expiresAt: number | null;
  /** What is wrong with the row itself. */
  problem: FieldProblem | undefined;
}

/** Rows of one entity that stand in one list. */
export interface ItemList {
  readonly definition: EntityDefinition;
  readonly items: readonly (Item | string)[];
  /** What is wrong with the list as a whole. */
  readonly problem: string | undefined;
}

/** What {@link collectItems} needs to know. */
export interface CollectContext {
  readonly relations: Relations;
  readonly uuid: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Shared plugin configurations by name. */
  readonly pluginConfigs: Bag;
}

/** Reads the lists of all entities at the top of a configuration, and what is nested in their rows. */
export function collectItems(table: Bag, context: CollectContext): readonly ItemList[] {
  const candidates = context.relations.ordered.map((child) => ({ child, field: undefined }));
  return collectLists(table, candidates, undefined, context);
}

/** All items of lists and of those below them, parents first. */
export function* everyItem(lists: readonly ItemList[]): Iterable<Item> {
  for (const { items } of lists) {
    for (const item of items) {
      if (typeof item === 'string') continue;
      yield item;
      if (item.lists.length > 0) yield* everyItem(item.lists);
    }
  }
}

type Candidate = { readonly child: EntityDefinition; readonly field: string | undefined };

function collectLists(
  bag: Bag,
  candidates: readonly Candidate[],
  parent: Item | undefined,
  context: CollectContext,
): readonly ItemList[] {
  const lists: ItemList[] = [];
  for (const { child, field } of candidates) {
    const value = ownValue(bag, child.name);
    if (value === undefined || value === null) continue;
    if (!Array.isArray(value)) {
      const isEmpty = isBag(value) && Object.keys(value).length === 0;
      lists.push({ definition: child, items: [], problem: isEmpty ? undefined : 'expected an array' });
      continue;
    }
    const items = value.map((source: unknown, index) => createItem(source, index, child, field, parent, context));
    lists.push({ definition: child, items, problem: undefined });
  }
  return lists;
}

/** Entities that may be nested in a row: a field of the same name that is stored keeps its meaning. */
function nestable(definition: EntityDefinition, relations: Relations): readonly Candidate[] {
  return relations.childrenOf(definition.name).filter(({ child }) => {
    const field = definition.fields[child.name];
    return field === undefined || field.transient === true;
  });
}

function createItem(
  written: unknown,
  index: number,
  definition: EntityDefinition,
  parentField: string | undefined,
  parent: Item | undefined,
  context: CollectContext,
): Item | string {
  const source = asRecord(written, definition, parent);
  if (source === undefined) return 'expected a record';
  const candidates = nestable(definition, context.relations);
  const given: Bag = {};
  const problem: FieldErrors = {};
  let expiresAt: number | null = null;
  for (const [key, value] of Object.entries(source)) {
    if (candidates.some(({ child }) => child.name === key)) continue;
    if (key === '_comment' || key === '_ignore') {
      const text = problemOfAnnotation(key, value);
      if (text !== undefined) problem[key] = text;
    } else if (key === 'ttl' && definition.ttl === true) {
      const expiry = readExpiry(value, context.now);
      if (expiry === undefined) problem.ttl = 'must be an integer between 0 and 100000000';
      else expiresAt = expiry;
    } else if (key === '_config' && definition.name === 'plugins') {
      const shared = typeof value === 'string' ? ownValue(context.pluginConfigs, value) : undefined;
      if (isBag(shared)) given.config = { ...shared, ...(isBag(source.config) ? source.config : {}) };
      else
        problem._config = `no such entry in '_plugin_configs': ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    } else if (
      !(key === 'config' && Object.hasOwn(given, 'config')) &&
      !(key === 'ws_id' && definition.workspaceable)
    ) {
      setOwn(given, key, value);
    }
  }
  const id = identify(definition, given, parentField, parent, context);
  const item: Item = {
    definition,
    source,
    given,
    id,
    index,
    parent,
    parentField,
    expiresAt,
    lists: [],
    problem: Object.keys(problem).length === 0 ? undefined : problem,
  };
  item.lists = collectLists(source, candidates, item, context);
  return item;
}

/** Names of certificates may be written as plain texts. */
function asRecord(written: unknown, definition: EntityDefinition, parent: Item | undefined): Bag | undefined {
  if (isBag(written)) return written;
  if (Array.isArray(written) && written.length === 0) return {};
  const isName = typeof written === 'string' && parent?.definition.fields[definition.name]?.transient === true;
  return isName && definition.endpoint_key !== undefined ? { [definition.endpoint_key]: written } : undefined;
}

/** Says what is wrong with an annotation, which has no meaning for the gateway. */
export function problemOfAnnotation(key: '_comment' | '_ignore', value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (key === '_comment') return typeof value === 'string' ? undefined : 'expected a string';
  return Array.isArray(value) || (isBag(value) && Object.keys(value).length === 0) ? undefined : 'expected an array';
}

const longestTtl = 100_000_000;

/** Exports write down when a row ends; whoever writes by hand says how long it lives. */
function readExpiry(ttl: unknown, now: () => number): number | null | undefined {
  if (ttl === null || ttl === 0) return null;
  if (typeof ttl !== 'number' || ttl < 0) return undefined;
  if (ttl > longestTtl) return ttl;
  return Number.isInteger(ttl) ? now() / 1000 + ttl : undefined;
}

/** Settles the id of a row, which goes into its fields too, and returns it. */
function identify(
  definition: EntityDefinition,
  given: Bag,
  parentField: string | undefined,
  parent: Item | undefined,
  { uuid }: CollectContext,
): string {
  const [name, ...others] = definition.primary_key;
  if (others.length > 0) return definition.primary_key.map((key) => keyPart(ownValue(given, key))).join(':');
  const field = definition.fields[name!];
  const own = ownValue(given, name!);
  if (own !== undefined && own !== null) {
    if (typeof own !== 'string') return '';
    const isLowered = field?.type === 'string' && field.uuid === true && isUuid(own);
    if (isLowered) given[name!] = own.toLowerCase();
    return isLowered ? own.toLowerCase() : own;
  }
  if (field?.type !== 'string' || field.uuid !== true) return '';
  const nesting = parent === undefined ? undefined : { field: parentField!, parentId: parent.id };
  const id = derivedId(definition, given, nesting) ?? uuid();
  given[name!] = id;
  return id;
}

function keyPart(value: unknown): string {
  const part = isBag(value) ? value.id : value;
  return typeof part === 'string' || typeof part === 'number' ? String(part) : '';
}
