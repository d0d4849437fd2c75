import type { Argument } from './pairs.ts';

/** A value of a form: text, a list, or a record without prototype. */
export type FormValue = string | true | FormValue[] | { [name: string]: FormValue };

/**
 * Builds the record that names of form arguments spell out: `a.b`, `a[]`, `a[2]`, `a[key]`, `a[key.with.dots]`, and
 * repeated names for lists. Names that start or end with a dot are taken as they are.
 */
export function buildArguments(pairs: readonly Argument[]): { [name: string]: FormValue } {
  const root = createNode();
  for (const [name, value] of pairs) {
    let node = root;
    for (const step of parseName(name)) node = child(node, step);
    node.values.push(value);
  }
  return record(root);
}

/** Deeper nesting than this is taken as one name: no schema has it, and the code after this one recurses. */
const maxDepth = 32;

type Step = { readonly name: string } | { readonly index: number } | 'append';

interface Node {
  readonly values: (string | true)[];
  readonly fields: Map<string, Node>;
  readonly items: Map<number, Node>;
}

function createNode(): Node {
  return { values: [], fields: new Map(), items: new Map() };
}

function parseName(name: string): Step[] {
  if (name === '' || name.startsWith('.') || name.endsWith('.')) return [{ name }];
  const steps: Step[] = [];
  // Looked for once: a name of opening brackets alone must not be searched to its end for each of them.
  const lastClose = name.lastIndexOf(']');
  let at = 0;
  let plain = '';
  const flush = (): void => {
    if (plain !== '') steps.push({ name: plain });
    plain = '';
  };
  while (at < name.length) {
    const character = name[at]!;
    const close = character === '[' && at > 0 && at < lastClose ? name.indexOf(']', at) : -1;
    if (character === '.') {
      flush();
      at += 1;
    } else if (close !== -1) {
      flush();
      steps.push(bracketed(name.slice(at + 1, close)));
      at = close + 1;
    } else {
      plain += character;
      at += 1;
    }
    if (steps.length > maxDepth) return [{ name }];
  }
  flush();
  return steps;
}

function bracketed(text: string): Step {
  if (text === '') return 'append';
  return /^\d{1,4}$/.test(text) ? { index: Number(text) } : { name: text };
}

function child(node: Node, step: Step): Node {
  if (step === 'append') return node;
  if ('index' in step) return entry(node.items, step.index);
  return entry(node.fields, step.name);
}

function entry<K>(map: Map<K, Node>, key: K): Node {
  let node = map.get(key);
  if (node === undefined) {
    node = createNode();
    map.set(key, node);
  }
  return node;
}

function build(node: Node): FormValue {
  if (node.fields.size > 0) return record(node);
  if (node.items.size > 0) {
    const indexed = [...node.items].sort(([a], [b]) => a - b).map(([, item]) => build(item));
    return [...indexed, ...node.values];
  }
  return node.values.length === 1 ? node.values[0]! : node.values;
}

function record(node: Node): { [name: string]: FormValue } {
  const built = Object.create(null) as { [name: string]: FormValue };
  for (const [name, field] of node.fields) built[name] = build(field);
  for (const [index, item] of node.items) built[String(index)] = build(item);
  node.values.forEach((value, index) => {
    built[String(index + 1)] = value;
  });
  return built;
}
