import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeDnValue } from './dn.ts';
import { parseCredentials } from './parse.ts';

const encode = (pair: string): string => Buffer.from(pair).toString('base64');

test('user name and password are read behind the scheme, in any case', () => {
  const ann = { username: 'ann', password: 'secret' };
  for (const header of [
    `ldap ${encode('ann:secret')}`,
    `  LDAP\t ${encode('ann:secret')}  `,
    `Ldap ${encode('ann:secret\n')}`,
    `ldap ${encode('ann:secret').replace(/=+$/, '')}`,
  ]) {
    assert.deepEqual(parseCredentials(header, 'ldap'), ann);
  }
  assert.deepEqual(parseCredentials(`ldap ${encode('ä:a:b')}`, 'ldap'), { username: 'ä', password: 'a:b' });
});

test('what is not a name and a password is nothing', () => {
  const bytes = Buffer.from([0x61, 0x3a, 0xff]).toString('base64');
  for (const header of [
    '',
    'ldap',
    'ldap ',
    `ldap${encode('ann:secret')}`,
    `basic ${encode('ann:secret')}`,
    `x ldap ${encode('ann:secret')}`,
    'ldap !!!',
    'ldap a',
    `ldap ${encode('ann')}`,
    `ldap ${encode('ann:')}`,
    `ldap ${encode(':secret')}`,
    `ldap ${encode('ann:a\nb')}`,
    `ldap ${encode('a\0:b')}`,
    `ldap ${bytes}`,
  ]) {
    assert.equal(parseCredentials(header, 'ldap'), undefined, header);
  }
});

test('a value of a distinguished name keeps to itself', () => {
  assert.equal(escapeDnValue('ann'), 'ann');
  assert.equal(escapeDnValue('ann,ou=people'), 'ann\\,ou\\=people');
  assert.equal(escapeDnValue('a"b+c;d<e>f\\g'), 'a\\"b\\+c\\;d\\<e\\>f\\\\g');
  assert.equal(escapeDnValue(' a '), '\\20a\\20');
  assert.equal(escapeDnValue(' '), '\\20');
  assert.equal(escapeDnValue('#a'), '\\23a');
  assert.equal(escapeDnValue('a\0b'), 'a\\00b');
});

test('whatever it holds, it ends where it should, and reads back as it was', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (text) => {
      const escaped = escapeDnValue(text);
      assert.doesNotMatch(escaped.replace(/\\([\da-fA-F]{2}|.)/gsu, 'x'), /[\0"+,;<=>\\]|^[ #]| $/);
      const read = escaped.replace(/\\(00|20|23|.)/gsu, (_, part: string) =>
        part.length === 2 && part !== '\\' ? String.fromCharCode(Number.parseInt(part, 16)) : part,
      );
      assert.equal(read, text);
    }),
  );
});
