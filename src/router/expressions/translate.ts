import type { Row } from '../../schema/index.ts';
import { compileSnis } from '../traditional/conditions.ts';
import type { Subject } from './fields.ts';
import type { Expression, Literal, Operator, Predicate } from './syntax.ts';

/** A predicate without transformations. */
export function predicate(field: string, operator: Operator, value: Literal): Predicate {
  return { kind: 'predicate', field, lower: false, any: false, operator, value };
}

/** A text to compare with. */
export function textLiteral(text: string): Literal {
  return { type: 'String', text };
}

/** Several expressions in one; undefined for none. */
export function join(kind: 'and' | 'or', items: readonly Expression[]): Expression | undefined {
  return items.length > 1 ? { kind, items } : items[0];
}

/** Kinds of connection that protocols of a route stand for. */
const kinds: { readonly [protocol: string]: string } = { tls_passthrough: 'tcp', grpc: 'http', grpcs: 'https' };
const everyKind = { http: ['http', 'https'], stream: ['tcp', 'tls', 'udp'] } as const;

/**
 * What a route's protocols ask in the expressions flavour; undefined for nothing. A route for https alone is found by
 * plain requests too, so that they can be redirected, and one for TLS by TCP.
 */
export function protocolsExpression(protocols: unknown, subject: Subject): Expression | undefined {
  const given = strings(protocols);
  if (given.length === 0) return undefined;
  if (given.length === 1 && ['https', 'tls', 'tls_passthrough'].includes(given[0]!)) return undefined;
  const asked = [...new Set(given.map((protocol) => kinds[protocol] ?? protocol))];
  if (everyKind[subject].every((kind) => asked.includes(kind))) return undefined;
  return join(
    'or',
    asked.map((kind) => predicate('net.protocol', '==', textLiteral(kind))),
  );
}

/** What a route's server names ask of TLS connections; others meet it. Undefined for nothing. */
export function snisExpression(snis: unknown, subject: Subject): Expression | undefined {
  const names = compileSnis(strings(snis));
  if (names === undefined) return undefined;
  const compare = (operator: Operator, list: Iterable<string>): Predicate[] =>
    Array.from(list, (name) => predicate('tls.sni', operator, textLiteral(name)));
  const plain = predicate('net.protocol', '!=', textLiteral(subject === 'stream' ? 'tls' : 'https'));
  return join('or', [
    plain,
    ...compare('==', names.exact),
    ...compare('=^', names.suffixes),
    ...compare('^=', names.prefixes),
  ]);
}

/** What a route's sources and destinations ask; undefined for nothing. */
export function netsExpression(route: Row): Expression | undefined {
  const asked = [netExpression('net.src', route['sources']), netExpression('net.dst', route['destinations'])];
  return join(
    'and',
    asked.filter((one) => one !== undefined),
  );
}

interface Net {
  readonly ip?: string | null;
  readonly port?: number | null;
}

function netExpression(side: 'net.src' | 'net.dst', given: unknown): Expression | undefined {
  if (!Array.isArray(given)) return undefined;
  const nets = (given as readonly Net[]).flatMap(({ ip, port }) => {
    const both: Expression[] = [];
    if (typeof ip === 'string') both.push(addressPredicate(`${side}.ip`, ip));
    if (typeof port === 'number') both.push(predicate(`${side}.port`, '==', { type: 'Int', number: port }));
    return join('and', both) ?? [];
  });
  return join('or', nets);
}

function addressPredicate(field: string, ip: string): Predicate {
  return ip.includes('/')
    ? predicate(field, 'in', { type: 'IpCidr', text: ip })
    : predicate(field, '==', { type: 'IpAddr', text: ip });
}

/** The texts in a list. */
export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
