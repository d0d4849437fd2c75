import { compileSafeRegex } from '../../kernel/index.ts';
import type { Expression, Predicate } from '../expressions/syntax.ts';
import {
  join,
  netsExpression,
  predicate,
  protocolsExpression,
  snisExpression,
  strings,
  textLiteral,
} from '../expressions/translate.ts';
import { splitHost } from '../traditional/host-name.ts';
import type { Router, RouteTarget } from '../types.ts';
import { targetOf } from './router-case.ts';
import { writeExpression } from './write-expression.ts';

/** A route of fields as Kong's router of the compatible flavour sees it, for one of its paths. */
export interface Translated {
  readonly id: string;
  readonly text: string;
  /** Of 64 bits, as Kong reckons it. */
  readonly priority: bigint;
  readonly createdAt: unknown;
}

/**
 * Writes a route's fields down as expressions, one for each path. Unlike Kong's, patterns ignore case and are held to the
 * start as wholes.
 */
export function translateRoute({ route }: RouteTarget): readonly Translated[] {
  const paths = strings(route['paths']);
  return (paths.length > 0 ? paths : [undefined]).flatMap((path, index) => {
    const asked = [
      snisExpression(route['snis'], 'http'),
      netsExpression(route),
      join(
        'or',
        strings(route['methods']).map((method) => predicate('http.method', '==', textLiteral(method))),
      ),
      join('or', strings(route['hosts']).map(hostExpression)),
      path === undefined ? undefined : pathExpression(path),
      headersExpression(route['headers']),
    ].filter((part) => part !== undefined);
    const whole = join('and', asked);
    if (whole === undefined) return [];
    const protocols = protocolsExpression(route['protocols'], 'http');
    return {
      id: `${String(route['id'])}#${index}`,
      text: writeExpression(protocols === undefined ? whole : { kind: 'and', items: [whole, protocols] }),
      priority: priorityOf(route, asked.length, path),
      createdAt: route['created_at'],
    };
  });
}

/** Puts routes of fields into a router of the flavour `expressions` as expressions. */
export function fillTranslated(router: Router, targets: readonly RouteTarget[]): void {
  const all = targets.filter(({ route }) => !strings(route['protocols']).includes('tls')).flatMap(translateRoute);
  // Kong's priorities are too large for a route's own field; only their order matters.
  const order = [...new Set(all.map(({ priority }) => priority))].sort((a, b) => (a < b ? -1 : 1));
  for (const { id, text, priority, createdAt } of all) {
    router.put(targetOf({ id, expression: text, priority: order.indexOf(priority), created_at: createdAt }));
  }
}

function hostExpression(host: string): Expression {
  const { name, port } = splitHost(host.toLowerCase());
  const field = 'http.host';
  const named = name.startsWith('*')
    ? predicate(field, '=^', textLiteral(name.slice(1)))
    : name.endsWith('*')
      ? predicate(field, '^=', textLiteral(name.slice(0, -1)))
      : predicate(field, '==', textLiteral(name.includes(':') ? `[${name}]` : name));
  if (port === undefined) return named;
  return { kind: 'and', items: [named, predicate('net.dst.port', '==', { type: 'Int', number: Number(port) })] };
}

function regexPredicate(field: string, pattern: string): Predicate {
  return predicate(field, '~', { type: 'Regex', pattern, regex: compileSafeRegex('') });
}

function pathExpression(path: string): Expression {
  if (path.startsWith('~')) return regexPredicate('http.path', `^(?:${path.slice(1)})`);
  return predicate('http.path', '^=', textLiteral(path));
}

function headersExpression(headers: unknown): Expression | undefined {
  const all = Object.entries((headers ?? {}) as { readonly [name: string]: readonly string[] });
  return join(
    'and',
    all.flatMap(([name, values]) => {
      const field = `http.headers.${name.toLowerCase().replaceAll('-', '_')}`;
      const each = values.map((value): Expression => {
        const asked = value.startsWith('~*')
          ? regexPredicate(field, `(?i)${value.slice(2)}`)
          : predicate(field, '==', textLiteral(value.toLowerCase()));
        return { ...asked, any: true, lower: true };
      });
      return join('or', each) ?? [];
    }),
  );
}

function priorityOf(route: RouteTarget['route'], attributes: number, path: string | undefined): bigint {
  const hosts = strings(route['hosts']);
  const isPlainOnly = hosts.length > 0 && hosts.every((host) => !host.includes('*'));
  const headers = BigInt(Object.keys((route['headers'] ?? {}) as object).length);
  const isRegex = path?.startsWith('~') === true;
  const last = isRegex
    ? (1n << 51n) + (BigInt((route['regex_priority'] as number | undefined) ?? 0) << 19n)
    : BigInt(path?.length ?? 0);
  return (BigInt(attributes) << 61n) + (isPlainOnly ? 1n << 60n : 0n) + (headers << 52n) + last;
}
