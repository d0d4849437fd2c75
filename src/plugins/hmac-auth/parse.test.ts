import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHmac } from './parse.ts';

test('the four parts are read', () => {
  assert.deepEqual(parseHmac('hmac username="bob", algorithm="hmac-sha1", headers="date  host", signature="c2ln"'), {
    username: 'bob',
    algorithm: 'hmac-sha1',
    headers: ['date', '', 'host'],
    signature: 'c2ln',
  });
});

test('values may hold quotes and what looks like the next part', () => {
  const username = 'b",algorithm="x", headers="y';
  const header = `hmac username="${username}", algorithm="a", headers="h", signature="s", more="m"`;
  assert.deepEqual(parseHmac(header), { username, algorithm: 'a', headers: ['h'], signature: 's", more="m' });
});

test('any header at all is read as the pattern of Kong reads it', () => {
  const piece = fc.constantFrom(
    'hmac ',
    'Hmac',
    'HMAC',
    'mac',
    'username="',
    'algorithm="',
    'headers="',
    'signature="',
    '", ',
    '",',
    '"',
    ', ',
    ' ',
    '\t',
    'a',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const header = pieces.join('');
      assert.deepEqual(parseHmac(header), slowly(header));
    }),
    { numRuns: 3000 },
  );
});

test('headers that are almost right are read as the pattern of Kong reads them', () => {
  const value = fc.constantFrom('a', '"', 'b c', '', 'a",algorithm="b', 'x", headers="y', '",  signature="', '" ,');
  const blank = fc.constantFrom('', ' ', ' \t');
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 5, maxLength: 5 }),
      fc.array(blank, { minLength: 5, maxLength: 5 }),
      (v, b) => {
        const header =
          `${v[4]}hmac${b[0]}username="${v[0]}",${b[1]}algorithm="${v[1]}",${b[2]}headers="${v[2]}",${b[3]}` +
          `signature="${v[3]}"${b[4]}`;
        assert.deepEqual(parseHmac(header), slowly(header));
      },
    ),
    { numRuns: 3000 },
  );
});

test('a giant header takes no longer than its length', () => {
  for (const part of ['hmac username="', '", algorithm="', '", headers="', '",', ' ', 'signature="', 'hmac']) {
    const header = `hmac username="a", algorithm="b"${part.repeat(100_000)}`;
    assert.equal(parseHmac(header), undefined);
  }
});

/** The same by one regular expression, which needs ages for long texts. */
function slowly(header: string): unknown {
  const found = /[Hh]mac[ \t]*username="(.+)",[ \t]*algorithm="(.+)",[ \t]*headers="(.+)",[ \t]*signature="(.+)"/.exec(
    header,
  );
  if (found === null) return undefined;
  const [, username, algorithm, headers, signature] = found as unknown as string[];
  return { username, algorithm, headers: headers!.split(' '), signature };
}
