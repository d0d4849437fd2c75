import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBody, isParsable, parseBody } from './body.ts';
import { boundaryOf } from './multipart.ts';

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function plain(value: unknown): unknown {
  return value instanceof Uint8Array || Array.isArray(value) || typeof value !== 'object' ? value : { ...value };
}

const multipartBody = latin1(
  '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' +
    '--xyz\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\nContent-Type: text/plain\r\n\r\nzwölf\r\n\r\n' +
    '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' +
    '--xyz\r\nX-Nothing: here\r\n\r\nlost\r\n' +
    '--xyz--\r\n',
);

const read: readonly [title: string, contentType: string | undefined, body: string, expected: object][] = [
  ['no content type', undefined, '', { ok: false, error: 'missing content type' }],
  ['text', 'Text/Plain', 'a', { ok: false, error: "unsupported content type 'Text/Plain'" }],
  [
    'a form',
    'application/x-www-form-urlencoded; charset=utf-8',
    'a=1&b',
    { ok: true, body: { a: '1', b: true }, mimetype: 'application/x-www-form-urlencoded' },
  ],
  [
    'JSON, its content type in capitals',
    'Application/JSON',
    latin1('{"a":"é"}'),
    { ok: true, body: { a: 'é' }, mimetype: 'application/json' },
  ],
  ['a JSON array', 'application/json', '[1]', { ok: true, body: [1], mimetype: 'application/json' }],
  ['a JSON text', 'application/json', '"a"', { ok: false, error: 'invalid json body' }],
  ['JSON null', 'application/json', 'null', { ok: false, error: 'invalid json body' }],
  ['no JSON', 'application/json', '{', { ok: false, error: 'invalid json body' }],
  ['an empty JSON body', 'application/json', '', { ok: false, error: 'invalid json body' }],
  [
    'a multipart form',
    'multipart/form-data; boundary=xyz',
    multipartBody,
    { ok: true, body: { a: ['1', ''], file: 'zwölf\r\n' }, mimetype: 'multipart/form-data' },
  ],
  [
    'a multipart form with bare line feeds',
    'multipart/form-data; boundary="xyz"',
    'preamble\n--xyz\nContent-Disposition: form-data; name=a\n\n--xyzzy\n--xyz--\nepilogue',
    { ok: true, body: { a: '--xyzzy' }, mimetype: 'multipart/form-data' },
  ],
  [
    'a multipart form without an end',
    'multipart/form-data; boundary=xyz',
    '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    { ok: true, body: { a: '1' }, mimetype: 'multipart/form-data' },
  ],
  [
    'bytes that are no UTF-8',
    'multipart/form-data; boundary=xyz',
    '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--xyz--',
    { ok: true, body: { a: Buffer.from([0xff]) }, mimetype: 'multipart/form-data' },
  ],
  [
    'a multipart form without a boundary',
    'multipart/form-data',
    multipartBody,
    { ok: false, error: 'unable to decode multipart body' },
  ],
];

for (const [title, contentType, body, expected] of read) {
  test(`reads ${title}`, () => {
    const parsed = parseBody(contentType, body);
    assert.deepEqual(parsed.ok ? { ...parsed, body: plain(parsed.body) } : parsed, expected);
  });
}

test('client-given names reach no prototype', () => {
  const parsed = parseBody(
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\n1\r\n--x--',
  );
  assert.ok(parsed.ok);
  assert.deepEqual(Object.entries(parsed.body), [['__proto__', '1']]);
});

test('tells which content types can be read', () => {
  assert.equal(isParsable('application/json; charset=utf-8'), true);
  assert.equal(isParsable('text/html'), false);
  assert.equal(isParsable(undefined), false);
});

function written(args: { [name: string]: unknown }, contentType: string): [body: string, contentType: string] {
  const { body, contentType: announced } = encodeBody(args, contentType);
  return [Buffer.from(body).toString('latin1'), announced];
}

test('writes a form', () => {
  assert.deepEqual(written({ b: 1, a: 'é' }, 'application/x-www-form-urlencoded'), [
    'a=%C3%A9&b=1',
    'application/x-www-form-urlencoded',
  ]);
});

test('writes JSON and keeps the content type as given', () => {
  assert.deepEqual(written({ a: 'é' }, 'application/json; charset=utf-8'), [
    latin1('{"a":"é"}'),
    'application/json; charset=utf-8',
  ]);
});

test('writes a multipart form with the boundary of the request, names sorted', () => {
  assert.deepEqual(written({ b: true, a: 'é', c: Buffer.from([0xff]) }, 'multipart/form-data; boundary="xyz"'), [
    '--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xc3\xa9\r\n' +
      '--xyz\r\nContent-Disposition: form-data; name="b"\r\n\r\ntrue\r\n' +
      '--xyz\r\nContent-Disposition: form-data; name="c"\r\n\r\n\xff\r\n' +
      '--xyz--\r\n',
    'multipart/form-data; boundary=xyz',
  ]);
});

test('takes another boundary when a value holds the given one', () => {
  for (const value of ['1\n--xyz', '--xyz']) {
    const [body, contentType] = written({ a: value }, 'multipart/form-data; boundary=xyz');
    assert.match(contentType, /^multipart\/form-data; boundary=\d+$/);
    assert.deepEqual(plain((parseBody(contentType, body) as { body: unknown }).body), { a: value });
  }
});

test('a name cannot end its line', () => {
  const [body] = written({ 'a"\r\nb': '1' }, 'multipart/form-data; boundary=xyz');
  assert.match(body, /name="a%22%0D%0Ab"\r\n/);
});

test('refuses what a content type cannot carry', () => {
  assert.throws(() => encodeBody({}, 'text/plain'), { message: 'unsupported content type text/plain' });
  assert.throws(() => encodeBody({ a: [] }, 'multipart/form-data'), {
    message: 'invalid value "a": got table, expected string, number or boolean',
  });
  assert.throws(() => encodeBody(null as never, 'application/json'), { message: 'args must be a table' });
});

test('reads the boundary of a content type', () => {
  assert.equal(boundaryOf('multipart/form-data; Boundary=a b ; charset=x'), 'a b');
  assert.equal(boundaryOf('multipart/form-data; boundary="a;b"'), 'a;b');
  assert.equal(boundaryOf('multipart/form-data; boundary='), undefined);
  assert.equal(boundaryOf('multipart/form-data; boundary="a'), undefined);
});
