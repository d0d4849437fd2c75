import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseBasic } from './parse.ts';

const encode = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('base64');

test('user name and password are what stands before and after the first colon', () => {
  assert.deepEqual(parseBasic(`Basic ${encode('ann:a:b')}`), { username: 'ann', password: 'a:b' });
  assert.deepEqual(parseBasic(`Basic ${encode('ann:')}`), { username: 'ann', password: '' });
});

test('a password stays bytes, a user name must be UTF-8', () => {
  assert.deepEqual(parseBasic(`Basic ${encode('\xc3\xa9:\xff')}`), { username: 'é', password: '\xff' });
  assert.equal(parseBasic(`Basic ${encode('\xe9:a')}`), undefined);
});

test('any user and password come through as they are', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, unit: 'binary' }).filter((name) => !name.includes(':') && name.isWellFormed()),
      fc.string({ unit: 'binary' }).filter((word) => !word.includes('\n') && word.isWellFormed()),
      (username, password) => {
        const header = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
        const bytes = Buffer.from(password).toString('latin1');
        assert.deepEqual(parseBasic(header), { username, password: bytes });
      },
    ),
  );
});

test('any header at all is read as the pattern of Kong reads it', () => {
  const part = fc.oneof(
    fc.constantFrom('Basic', 'basic', 'BASIC', 'asic', ' ', '\t', ':', '=', '==', 'Bearer', '/', '-'),
    fc.string({ maxLength: 6 }).map(encode),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const header = parts.join('').trim();
      assert.deepEqual(parseBasic(header), slowly(header));
    }),
    { numRuns: 2000 },
  );
});

/** The same by regular expressions and a decoder that is told nothing but what it must take. */
function slowly(header: string): unknown {
  const encoded = /[Bb]asic[ \t]*(.+)/.exec(header)?.[1]?.split('=', 1)[0];
  if (encoded === undefined || !/^[\w+/]*$/.test(encoded) || encoded.includes('_') || encoded.length % 4 === 1)
    return undefined;
  const found = /([^:]+):(.*)/.exec(Buffer.from(encoded, 'base64').toString('latin1'));
  if (found === null) return undefined;
  const username = Buffer.from(found[1]!, 'latin1').toString('utf8');
  return username.includes('\ufffd') ? undefined : { username, password: found[2] };
}
