import { isUuid } from '../../kernel/index.ts';
import type { FieldErrors, FieldProblem } from '../../schema/index.ts';
import { type Bag, isBag, ownValue, setOwn } from './bag.ts';
import type { Item, ItemList } from './items.ts';
import type { Relations } from './relations.ts';

/** One row's errors, as controllers read them to tell their users (Kong 3.2). */
export interface FlattenedError {
  readonly entity_name?: string;
  readonly entity_id?: string;
  readonly entity_tags?: readonly string[];
  readonly entity_type: string;
  readonly entity: Bag;
  readonly errors: readonly (
    | { readonly type: 'field'; readonly field: string; readonly message: string }
    | { readonly type: 'entity'; readonly message: string }
  )[];
}

/** The errors of all lists as Kong's tree: entity, number of the row, field; good rows leave holes. */
export function problemTree(lists: readonly ItemList[]): FieldErrors {
  const tree: FieldErrors = {};
  for (const list of lists) {
    const problem = list.problem ?? problemsOfRows(list);
    if (problem !== undefined) setOwn(tree, list.definition.name, problem);
  }
  return tree;
}

function problemsOfRows({ items }: ItemList): FieldProblem | undefined {
  const rows: (FieldProblem | null)[] = [];
  for (const [index, item] of items.entries()) {
    const problem = typeof item === 'string' ? item : problemOfRow(item);
    if (problem === undefined) continue;
    while (rows.length < index) rows.push(null);
    rows.push(problem);
  }
  return rows.length === 0 ? undefined : rows;
}

function problemOfRow(item: Item): FieldProblem | undefined {
  const nested = problemTree(item.lists);
  const names = Object.keys(nested);
  if (names.length === 0) return item.problem;
  if (item.problem === undefined) return nested;
  const own: FieldErrors = isBag(item.problem) ? { ...(item.problem as FieldErrors) } : { '@entity': item.problem };
  for (const name of names) setOwn(own, name, nested[name]!);
  return own;
}

/**
 * The errors row by row, nested rows hoisted, and of the tree what belongs to no row. Rows come as Kong gives them: from
 * the last to the first, nested ones before the row that they stand in.
 */
export function flattenProblems(
  lists: readonly ItemList[],
  relations: Relations,
): { readonly rows: readonly FlattenedError[]; readonly rest: FieldErrors } {
  const rows: FlattenedError[] = [];
  const rest: FieldErrors = {};
  for (const list of fromLast(lists)) flattenList(list, rows, rest, relations);
  return { rows, rest };
}

function flattenList(
  list: ItemList,
  rows: FlattenedError[],
  rest: FieldErrors | undefined,
  relations: Relations,
): void {
  if (list.problem !== undefined && rest !== undefined) setOwn(rest, list.definition.name, list.problem);
  const odd: (FieldProblem | null)[] = [];
  for (const [index, item] of [...list.items.entries()].reverse()) {
    if (typeof item === 'string') odd[index] = item;
    else flattenItem(item, rows, relations);
  }
  if (odd.length > 0 && rest !== undefined) {
    setOwn(
      rest,
      list.definition.name,
      Array.from(odd, (problem) => problem ?? null),
    );
  }
}

function flattenItem(item: Item, rows: FlattenedError[], relations: Relations): void {
  const own: FieldErrors =
    item.problem === undefined
      ? {}
      : isBag(item.problem)
        ? { ...(item.problem as FieldErrors) }
        : { '@entity': item.problem };
  for (const list of item.lists) {
    const isBroken =
      list.problem ?? (list.items.some((row) => typeof row === 'string') ? problemsOfRows(list) : undefined);
    if (isBroken === undefined) flattenList(list, rows, undefined, relations);
    else setOwn(own, list.definition.name, isBroken);
  }
  const errors: FlattenedError['errors'][number][] = [];
  categorize(own, '', errors);
  if (errors.length === 0) return;
  const { name, id, tags } = item.source;
  rows.push({
    ...(typeof name === 'string' && name !== '' ? { entity_name: name } : {}),
    ...(typeof id === 'string' && isUuid(id) ? { entity_id: id } : {}),
    ...(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? { entity_tags: tags } : {}),
    entity_type: singular(item.definition.name),
    entity: shownEntity(item, relations),
    errors,
  });
}

/** The row as it was written, without nested rows, with references by id. */
function shownEntity(item: Item, relations: Relations): Bag {
  const shown: Bag = {};
  const nested = new Set(item.lists.map(({ definition }) => definition.name));
  for (const [key, value] of Object.entries(item.source)) if (!nested.has(key)) setOwn(shown, key, value);
  for (const { field } of relations.linksOf(item.definition.name)) {
    const value = ownValue(shown, field);
    if (!isBag(value)) continue;
    const key = primaryKeyOf(value);
    if (key === undefined) delete shown[field];
    else shown[field] = key;
  }
  const { parent, parentField } = item;
  const parentKey = parent === undefined ? undefined : primaryKeyOf(parent.source);
  if (parentField !== undefined && parentKey !== undefined && ownValue(shown, parentField) === undefined) {
    shown[parentField] = parentKey;
  }
  return shown;
}

function primaryKeyOf({ id }: Bag): { readonly id: string } | undefined {
  return typeof id === 'string' && isUuid(id) ? { id } : undefined;
}

function categorize(problem: FieldProblem, path: string, errors: FlattenedError['errors'][number][]): void {
  if (typeof problem === 'string') {
    errors.push({ type: 'field', field: path, message: problem });
    return;
  }
  if (Array.isArray(problem)) {
    for (const [index, part] of [...problem.entries()].reverse()) {
      if (part !== null) categorize(part, join(path, String(index + 1)), errors);
    }
    return;
  }
  for (const name of Object.keys(problem).sort().reverse()) {
    const part = problem[name]!;
    if (name === '@entity') {
      for (const text of [part].flat()) if (typeof text === 'string') errors.push({ type: 'entity', message: text });
    } else categorize(part, join(path, name), errors);
  }
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function singular(entity: string): string {
  return entity.endsWith('s') ? entity.slice(0, -1) : entity;
}

function fromLast(lists: readonly ItemList[]): readonly ItemList[] {
  return [...lists].sort((a, b) => (a.definition.name < b.definition.name ? 1 : -1));
}

/** The tree as lines of text for a terminal, in Kong's words. */
export function describeProblems(problem: FieldProblem, name = '', indent = ''): string {
  if (typeof problem === 'string') return `${indent}${problem}`;
  const entries = Array.isArray(problem)
    ? problem.flatMap((part, at) =>
        part === null ? [] : [[`- in entry ${at + 1} of '${name}'`, part, String(at + 1)] as const],
      )
    : Object.keys(problem).map((key) => [`in '${key}'`, problem[key]!, key] as const);
  return entries
    .map(([title, part, key]) =>
      typeof part === 'string'
        ? `${indent}${title}: ${part}`
        : `${indent}${title}:\n${describeProblems(part, key, `${indent}  `)}`,
    )
    .join('\n');
}
