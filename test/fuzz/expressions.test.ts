import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checkExpression, createRouter, type RouteRequest } from '../../src/router/index.ts';

/**
 * Expressions as grammar and accident make them: whatever the text, the checker answers with a text or takes it, the
 * router takes exactly what the checker took, and a request gets its answer. The seed is fixed and the count bounded:
 * GIBBON_FUZZ_RUNS asks for more.
 */
const runs = Number(process.env['GIBBON_FUZZ_RUNS'] ?? 3000);

const tokens = [
  ...['http.method', 'http.host', 'http.path', 'http.path.segments.0', 'http.path.segments.len', 'http.headers.a_b'],
  ...['http.queries.q', 'net.src.ip', 'net.dst.port', 'net.port', 'net.protocol', 'tls.sni', 'lower(', 'any(', 'x('],
  ...['(', ')', '!', '&&', '||', '==', '!=', '~', '^=', '=^', '>', '>=', '<', '<=', 'in', 'not in', 'contains'],
  ...['"GET"', '"/a"', '"a\\n\\""', '"\\q"', 'r#"x"y"#', 'r#"(a+)+$"#', '"("', '"', 'r#"', '"^/a(?<b>c)"'],
  ...['5', '-7', '0x1f', '017', '089', '9223372036854775808', '1.2.3.4', '1.2.3.0/24', '1.2.3.4/8', '1.2.3.400'],
  ...['::1', 'fe80::/10', '::ffff:1.2.3.4', '1:2', ' ', '\n', '\t', '\u00e9', '\u{1f600}', '\ud800', '\0', '__proto__'],
];

const predicate = fc
  .tuple(
    fc.constantFrom('http.path', 'lower(http.host)', 'any(lower(http.headers.a))', 'net.dst.port', 'net.src.ip', 'x.y'),
    fc.constantFrom(' ', ''),
    fc.constantFrom('==', '!=', '^=', '=^', '~', 'contains', '>', '<=', 'in', 'not in'),
    fc.constantFrom(' ', ''),
    fc.constantFrom('"/a"', 'r#"^/[ab]+"#', '80', '1.2.3.4', '10.0.0.0/8', '::/0'),
  )
  .map((parts) => parts.join(''));

const grammatical = fc.letrec<{ readonly any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    predicate,
    tie('any').map((inner) => `(${inner})`),
    tie('any').map((inner) => `!(${inner})`),
    fc.tuple(tie('any'), fc.constantFrom(' && ', ' || ', '&&', '||'), tie('any')).map((parts) => parts.join('')),
  ),
})).any;

const mutated = fc
  .tuple(grammatical, fc.array(fc.tuple(fc.nat(200), fc.nat(3), fc.constantFrom('', ...tokens)), { maxLength: 3 }))
  .map(([text, edits]) => edits.reduce((to, [at, cut, put]) => to.slice(0, at) + put + to.slice(at + cut), text));

const expression = fc.oneof(
  grammatical,
  mutated,
  fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((parts) => parts.join(' ')),
  fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const request: RouteRequest = {
  method: 'GET',
  host: 'a.test:81',
  path: '/a/b',
  query: 'q=1&q',
  scheme: 'http',
  port: 80,
  sni: undefined,
  clientIp: '10.1.2.3',
  clientPort: 1234,
  serverIp: '::1',
  header: (name) => (name === 'a' ? ['x', 'Y'] : undefined),
};

describe('expressions', () => {
  it('are taken by the router just when the checker takes them', () => {
    fc.assert(
      fc.property(expression, (text) => {
        const problem = checkExpression(text, ['http', 'https']);
        const router = createRouter({ flavor: 'expressions' });
        const put = () => router.put({ route: { id: 'a', expression: text }, service: undefined });
        if (problem === undefined) {
          put();
          assert.ok([undefined, 'a'].includes(router.match(request)?.target.route['id'] as 'a' | undefined));
        } else {
          assert.notEqual(problem, '');
          assert.throws(put, { code: 'ERR_EXPRESSION' });
          assert.equal(router.size, 0);
        }
      }),
      { numRuns: runs, seed: 20_251_120 },
    );
  });

  it('of raw streams too', () => {
    fc.assert(
      fc.property(expression, (text) => {
        assert.notEqual(checkExpression(text, ['tcp']), '');
      }),
      { numRuns: runs, seed: 20_251_121 },
    );
  });

  it('that are too large are refused, whatever they are large in', () => {
    const large: readonly (readonly [text: string, problem: RegExp])[] = [
      ['('.repeat(60_000), /nested too deeply/],
      ['!('.repeat(30_000), /nested too deeply/],
      [`${'lower('.repeat(5000)}http.path${')'.repeat(5000)} == "a"`, /nested too deeply/],
      [`http.path == "${'a'.repeat(70_000)}"`, /has 700\d\d characters/],
      [Array.from({ length: 101 }, () => 'http.path ~ "a"').join('||'), /too many regexes/],
    ];
    for (const [text, problem] of large) assert.match(checkExpression(text, ['http']) ?? 'taken', problem);
    const chain = Array.from({ length: 3500 }, () => 'http.path=="a"').join('||');
    assert.equal(checkExpression(chain, ['http']), undefined);
  });
});
