import { byteText } from '../byte-text.ts';
import { type RouteHost, splitHost } from '../traditional/host-name.ts';
import { nameAfter, readSegments } from './fields.ts';
import type { Expression, Predicate } from './syntax.ts';

/**
 * What an expression cannot hold without, as far as an index can use it: of each list one element must be given. What is
 * undefined may be anything.
 */
export interface Needs {
  readonly hosts?: readonly RouteHost[] | undefined;
  /** Texts, one of which the path begins with; one character per byte. */
  readonly prefixes?: readonly string[] | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly snis?: readonly string[] | undefined;
  /** Values in lower case, by name: the only one, for an index has no use for more. */
  readonly header?: { readonly name: string; readonly values: readonly string[] } | undefined;
  /** Texts of segments by the first one's number, with the number behind the last: others may join them to a longer prefix. */
  readonly segments?: ReadonlyMap<number, { readonly text: string; readonly next: number }> | undefined;
}

/** A list longer than this is no help any more. */
const most = 256;

/** Finds out what an expression needs. */
export function needsOf(expression: Expression): Needs {
  switch (expression.kind) {
    case 'predicate':
      return needsOfPredicate(expression);
    case 'not':
      return {};
    case 'and':
      return joinSegments(expression.items.map(needsOf).reduce(both));
    case 'or':
      return expression.items.map(needsOf).reduce(either);
  }
}

function needsOfPredicate(predicate: Predicate): Needs {
  const { field, operator, value, lower } = predicate;
  if (value.type === 'Regex') return field === 'http.path' && !lower ? needsOfRegex(value.regex) : {};
  if (value.type !== 'String' || value.text === '') return {};
  const text = byteText(value.text);
  const header = nameAfter('http.headers.', field);
  if (header !== undefined) {
    if (operator !== '==' || (lower && text !== value.text)) return {};
    return { header: { name: header.toLowerCase().replaceAll('_', '-'), values: [text.toLowerCase()] } };
  }
  if (field === 'http.host') return { hosts: hostsOf(operator, text) };
  if (lower) return {};
  if (field === 'http.path') return operator === '==' || operator === '^=' ? { prefixes: [text] } : {};
  if (field === 'http.method' && operator === '==') return { methods: [text] };
  if (field === 'tls.sni' && operator === '==') return { snis: [text] };
  return needsOfSegments(field, operator, text);
}

function needsOfRegex(regex: { readonly isAnchored: boolean; readonly literalPrefix: string }): Needs {
  return regex.isAnchored && regex.literalPrefix !== '' ? { prefixes: [regex.literalPrefix] } : {};
}

function needsOfSegments(field: string, operator: Predicate['operator'], text: string): Needs {
  const range = readSegments(nameAfter('http.path.segments.', field) ?? '');
  if (range === undefined || (operator !== '==' && operator !== '^=')) return {};
  return {
    prefixes: range.first === 0 ? [`/${text}`] : undefined,
    segments: operator === '==' ? new Map([[range.first, { text, next: range.last + 1 }]]) : undefined,
  };
}

/** The index knows plain names, and what stands before or behind a dot. */
function hostsOf(operator: Predicate['operator'], text: string): readonly RouteHost[] | undefined {
  const plain: RouteHost = { kind: 'plain', key: text.startsWith('[') ? splitHost(text).name : text, hasPort: false };
  if (operator === '==') return [plain];
  if (operator === '=^' && text.startsWith('.')) return [plain, { kind: 'suffix', key: text, hasPort: false }];
  if (operator === '^=' && text.endsWith('.')) return [plain, { kind: 'prefix', key: text, hasPort: false }];
  return undefined;
}

/**
 * True when an expression says no more than that host, beginning of the path and method be those that it needs, each at
 * most once: then the index alone decides, and nothing is left to be evaluated.
 */
export function isDecidedByNeeds(expression: Expression, needs: Needs): boolean {
  const items = expression.kind === 'and' ? expression.items : [expression];
  const fields = items.map(plainField);
  const found = { 'http.host': needs.hosts, 'http.path': needs.prefixes, 'http.method': needs.methods };
  return fields.every((field, i) => field !== undefined && found[field] !== undefined && fields.indexOf(field) === i);
}

function plainField(item: Expression): 'http.host' | 'http.path' | 'http.method' | undefined {
  if (item.kind === 'or') {
    // Which of several beginnings it was has to be found out.
    const fields = new Set(item.items.map(plainField));
    const [field] = fields;
    return fields.size === 1 && field !== 'http.path' ? field : undefined;
  }
  if (item.kind !== 'predicate' || item.lower || item.value.type !== 'String') return undefined;
  const { field, operator, value } = item;
  if (field === 'http.path') return operator === '^=' && value.text !== '' ? field : undefined;
  if (operator !== '==' || value.text === '') return undefined;
  if (field === 'http.method') return field;
  // The index takes a host with its port, or an IPv6 address, in more than one form.
  return field === 'http.host' && !value.text.includes(':') ? field : undefined;
}

function both(a: Needs, b: Needs): Needs {
  return {
    hosts: shorter(a.hosts, b.hosts),
    prefixes: longerTexts(a.prefixes, b.prefixes),
    methods: shorter(a.methods, b.methods),
    snis: shorter(a.snis, b.snis),
    header:
      a.header === undefined || (b.header?.values.length ?? most) < a.header.values.length
        ? (b.header ?? a.header)
        : a.header,
    segments: new Map([...(a.segments ?? []), ...(b.segments ?? [])]),
  };
}

function shorter<V>(a: readonly V[] | undefined, b: readonly V[] | undefined): readonly V[] | undefined {
  return a === undefined || (b !== undefined && b.length < a.length) ? b : a;
}

function longerTexts(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const least = (texts: readonly string[]): number => Math.min(...texts.map((text) => text.length));
  return least(b) > least(a) ? b : a;
}

function joinSegments(needs: Needs): Needs {
  let prefix = '';
  for (let at = needs.segments?.get(0); at !== undefined; at = needs.segments?.get(at.next)) prefix += `/${at.text}`;
  return prefix === '' ? needs : { ...needs, prefixes: longerTexts(needs.prefixes, [prefix]) };
}

function either(a: Needs, b: Needs): Needs {
  const isSameHeader = a.header !== undefined && a.header.name === b.header?.name;
  const values = isSameHeader ? all(a.header.values, b.header?.values) : undefined;
  return {
    hosts: unlike(all(a.hosts, b.hosts)),
    prefixes: shortest(all(a.prefixes, b.prefixes)),
    methods: all(a.methods, b.methods),
    snis: all(a.snis, b.snis),
    header: values === undefined ? undefined : { name: a.header!.name, values },
  };
}

function all<V>(a: readonly V[] | undefined, b: readonly V[] | undefined): readonly V[] | undefined {
  return a === undefined || b === undefined || a.length + b.length > most ? undefined : [...a, ...b];
}

function unlike(hosts: readonly RouteHost[] | undefined): readonly RouteHost[] | undefined {
  return hosts && [...new Map(hosts.map((host) => [`${host.kind} ${host.key}`, host])).values()];
}

/** Leaves out texts that begin with another one, so that no place in the index is met twice. */
function shortest(texts: readonly string[] | undefined): readonly string[] | undefined {
  const kept: string[] = [];
  for (const text of texts?.toSorted() ?? []) {
    const last = kept.at(-1);
    if (last === undefined || !text.startsWith(last)) kept.push(text);
  }
  return texts === undefined ? undefined : kept;
}
