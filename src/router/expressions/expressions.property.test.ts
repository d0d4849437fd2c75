import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileSafeRegex } from '../../kernel/index.ts';
import { targetOf } from '../cases/router-case.ts';
import { writeExpression } from '../cases/write-expression.ts';
import { createRouter, type RouteRequest } from '../index.ts';
import { parseExpression } from './parse.ts';
import type { Expression, Literal, Predicate } from './syntax.ts';

type Request = RouteRequest & { readonly headers: { readonly [name: string]: readonly string[] } };

/** What a comparison with the path that held leaves behind. */
interface Note {
  path?: string | undefined;
}

/** The rules of the language once more, by walking the tree and without an index. */
function holds(expression: Expression, request: Request, note: Note): boolean {
  if (expression.kind === 'not') return !holds(expression.item, request, note);
  if (expression.kind !== 'predicate') {
    const each = (item: Expression): boolean => holds(item, request, note);
    return expression.kind === 'and' ? expression.items.every(each) : expression.items.some(each);
  }
  const values = valuesOf(expression.field, request).map((value) =>
    expression.lower && typeof value === 'string' ? value.toLowerCase() : value,
  );
  if (values.length === 0) return false;
  const isMet = (value: string | number): boolean => compare(value, expression);
  const isFound = expression.any ? values.some(isMet) : values.every(isMet);
  if (isFound && expression.field === 'http.path') notePath(expression, request, note);
  return isFound;
}

function notePath({ operator, value }: Predicate, { path }: Request, note: Note): void {
  if (value.type === 'Regex') note.path = new RegExp(value.pattern).exec(path)?.[0];
  else if (value.type === 'String' && ['==', '^=', '=^'].includes(operator)) note.path = value.text;
}

function valuesOf(field: string, request: Request): readonly (string | number)[] {
  const parts = request.path.slice(1).replace(/\/$/, '').split('/');
  const segments = request.path === '/' ? [] : parts;
  const [host = '', port] = request.host.split(':');
  const args = new URLSearchParams(request.query ?? '');
  const range = /segments\.(\d+)(?:_(\d+))?$/.exec(field);
  const one = (value: string | number | undefined) => (value === undefined || value === '' ? [] : [value]);
  if (range !== null) {
    const [first, last] = [Number(range[1]), Number(range[2] ?? range[1])];
    return last < segments.length ? [segments.slice(first, last + 1).join('/')] : [];
  }
  if (field.startsWith('http.headers.')) return request.headers[field.slice(13)] ?? [];
  if (field.startsWith('http.queries.')) return args.getAll(field.slice(13));
  const known: { readonly [name: string]: string | number | undefined } = {
    'net.protocol': request.scheme,
    'net.src.ip': request.clientIp,
    'net.dst.port': Number(port ?? request.port),
    'tls.sni': request.sni,
    'http.method': request.method,
    'http.host': host,
    'http.path': request.path,
    'http.path.segments.len': segments.length,
  };
  return one(known[field]);
}

function compare(value: string | number, { operator, value: literal }: Predicate): boolean {
  if (literal.type === 'Regex') return new RegExp(literal.pattern).test(String(value));
  if (literal.type === 'IpCidr') return isIn(String(value), literal.text) === (operator === 'in');
  const right = literal.type === 'Int' ? literal.number : literal.text;
  switch (operator) {
    case '==':
      return value === right;
    case '!=':
      return value !== right;
    case '^=':
      return String(value).startsWith(String(right));
    case '=^':
      return String(value).endsWith(String(right));
    case 'contains':
      return String(value).includes(String(right));
    case '<':
      return value < right;
    case '<=':
      return value <= right;
    case '>':
      return value > right;
    default:
      return value >= right;
  }
}

function isIn(ip: string, network: string): boolean {
  const list = new BlockList();
  const [address = '', length] = network.split('/');
  list.addSubnet(address, Number(length), address.includes(':') ? 'ipv6' : 'ipv4');
  return list.check(ip, ip.includes(':') ? 'ipv6' : 'ipv4');
}

const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'A'), { maxLength: 4 })
  .chain((parts) => fc.constantFrom(`/${parts.join('/')}`, parts.length === 0 ? '/' : `/${parts.join('/')}/`));
const hostName = fc.constantFrom('a.test', 'b.test', 'x.a.test', 'a.org', '.a.test', 'a.', 'test');
const words = fc.constantFrom('a', 'b', 'ab', '1', 'A');

const texts: { readonly [field: string]: fc.Arbitrary<string> } = {
  'net.protocol': fc.constantFrom('http', 'https'),
  'tls.sni': fc.constantFrom('s.test', 't.test'),
  'http.method': fc.constantFrom('GET', 'POST', 'get'),
  'http.host': hostName,
  'http.path': path,
  'http.path.segments.0': words,
  'http.path.segments.1': words,
  'http.path.segments.0_1': fc.constantFrom('a/b', 'a/a', 'ab/a'),
  'http.path.segments.1_2': fc.constantFrom('a/b', 'b/a'),
  'http.headers.x': words,
  'http.headers.y': words,
  'http.queries.q': words,
};

const string = (text: string): Literal => ({ type: 'String', text });
const predicateOf = (
  field: string,
  operator: Predicate['operator'],
  value: Literal,
  lower = false,
  any = false,
): Predicate => ({ kind: 'predicate', field, lower, any, operator, value });

const textPredicate = fc
  .tuple(
    fc.constantFrom(...Object.keys(texts)),
    fc.constantFrom('==', '==', '==', '^=', '^=', '=^', '!=', 'contains'),
    fc.boolean(),
    fc.integer({ min: 0, max: 4 }),
  )
  .chain(([field, operator, any, lower]) =>
    texts[field]!.map((text) => predicateOf(field, operator as Predicate['operator'], string(text), lower === 0, any)),
  );
const regexPredicate = fc
  .tuple(
    fc.constantFrom('http.path', 'http.path', 'http.headers.x', 'http.host'),
    fc.constantFrom('^/a', '^/(a|b)/?', 'b$', '^(?:/a|/b)', '^/a|b', '(^/ab)', '.', '^a.', '^$'),
  )
  .map(([field, pattern]) =>
    predicateOf(field, '~', { type: 'Regex', pattern, regex: compileSafeRegex(pattern) }, false, true),
  );
const numberPredicate = fc
  .tuple(
    fc.constantFrom('net.dst.port', 'http.path.segments.len'),
    fc.constantFrom('==', '!=', '<', '<=', '>', '>='),
    fc.constantFrom(0, 1, 2, 80, 81),
  )
  .map(([field, operator, number]) => predicateOf(field, operator as Predicate['operator'], { type: 'Int', number }));
const addressPredicate = fc.oneof(
  fc
    .constantFrom('10.0.0.1', '10.0.1.1', '::1')
    .map((text) => predicateOf('net.src.ip', '==', { type: 'IpAddr', text })),
  fc
    .tuple(
      fc.constantFrom('in', 'not in'),
      fc.constantFrom('10.0.0.0/24', '10.0.0.0/15', '0.0.0.0/0', '::/112', 'fe80::/10'),
    )
    .map(([operator, text]) => predicateOf('net.src.ip', operator as 'in', { type: 'IpCidr', text })),
);

const expression: fc.Arbitrary<Expression> = fc.letrec<{ readonly any: Expression; readonly leaf: Expression }>(
  (tie) => ({
    leaf: fc.oneof(
      { weight: 6, arbitrary: textPredicate },
      { weight: 2, arbitrary: regexPredicate },
      numberPredicate,
      addressPredicate,
    ),
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc
        .tuple(fc.constantFrom('and', 'and', 'or'), fc.array(tie('any'), { minLength: 2, maxLength: 4 }))
        .map(([kind, items]): Expression => ({ kind: kind as 'and' | 'or', items })),
      tie('any').map((item): Expression => ({ kind: 'not', item })),
    ),
  }),
).any;

const request: fc.Arbitrary<Request> = fc
  .record({
    method: fc.constantFrom('GET', 'POST'),
    host: fc.oneof(
      hostName,
      hostName.map((name) => `${name}:81`),
      fc.constant(''),
    ),
    path,
    query: fc.constantFrom(undefined, 'q=a', 'q=a&q=ab', 'z=1&q', 'q=%41'),
    scheme: fc.constantFrom('http', 'https'),
    port: fc.constantFrom(80, 443),
    sni: fc.constantFrom(undefined, 's.test', 'u.test'),
    clientIp: fc.constantFrom('10.0.0.1', '10.0.1.1', '192.168.0.1', '::1', 'fe80::2:1'),
    headers: fc.record(
      { x: fc.array(words, { minLength: 1, maxLength: 3 }), y: fc.array(words, { minLength: 1, maxLength: 1 }) },
      { requiredKeys: [] },
    ),
  })
  .map((drawn) => ({ ...drawn, header: (name) => (drawn.headers as Request['headers'])[name] }) as Request);

interface DrawnRoute {
  readonly id: string;
  readonly expression: Expression;
  readonly priority: number;
  readonly created_at: number;
}

const route: fc.Arbitrary<DrawnRoute> = fc.record({
  id: fc.integer({ min: 100, max: 400 }).map(String),
  expression,
  priority: fc.integer({ min: 0, max: 5 }),
  created_at: fc.integer({ min: 1, max: 3 }),
});

function findSlowly(routes: Iterable<DrawnRoute>, asked: Request): readonly [id?: string, path?: string | undefined] {
  const ordered = [...routes].sort(
    (a, b) => b.priority - a.priority || a.created_at - b.created_at || (a.id < b.id ? -1 : 1),
  );
  for (const { id, expression: asks } of ordered) {
    const note: Note = {};
    if (holds(asks, asked, note)) return [id, note.path];
  }
  return [];
}

test('an expression that is written down is read as it was', () => {
  fc.assert(
    fc.property(expression, (drawn) => {
      const plain = (value: Expression) => JSON.stringify(value, (key, each: unknown) => (key === 'regex' ? 0 : each));
      assert.equal(plain(parseExpression(writeExpression(drawn))), plain(drawn));
    }),
    { numRuns: 500 },
  );
});

test('a router of expressions finds what a walk through all trees finds, whatever came and went', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: route.map((put) => ({ put })) },
    { weight: 1, arbitrary: fc.integer({ min: 100, max: 400 }).map((id) => ({ remove: String(id) })) },
    { weight: 5, arbitrary: request.map((ask) => ({ ask })) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const router = createRouter({ flavor: 'expressions', cacheSize: 20 });
      const routes = new Map<string, DrawnRoute>();
      for (const each of steps) {
        if ('put' in each) {
          routes.set(each.put.id, each.put);
          router.put(targetOf({ ...each.put, expression: writeExpression(each.put.expression) }));
        } else if ('remove' in each) {
          routes.delete(each.remove);
          router.delete(each.remove);
        } else {
          const found = router.match(each.ask);
          const [id, path] = findSlowly(routes.values(), each.ask);
          assert.deepEqual([found?.target.route['id'], found?.matchedPath], [id, path]);
        }
      }
      assert.equal(router.size, routes.size);
    }),
    { numRuns: 100 },
  );
});
