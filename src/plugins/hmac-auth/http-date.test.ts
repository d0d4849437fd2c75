import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHttpDate } from './http-date.ts';

const example = 784_111_777;

test('the three forms of RFC 9110 are one moment', () => {
  for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    assert.equal(parseHttpDate(text), example, text);
  }
});

test('the name of the day and what comes after the time do not matter', () => {
  for (const text of [
    'x, 06 Nov 1994 08:49:37',
    ',06 Nov 1994 08:49:37',
    'Sun,   06 Nov 1994 08:49:37 +0200',
    'x Nov 06 08:49:37 1994 x',
  ]) {
    assert.equal(parseHttpDate(text), example, text);
  }
});

test('years of two digits are those around 2000', () => {
  assert.equal(parseHttpDate('Thu, 01-Jan-70 00:00:00 GMT'), 0);
  assert.equal(parseHttpDate('x, 31-Dec-69 23:59:59 GMT'), Date.UTC(2069, 11, 31, 23, 59, 59) / 1000);
});

test('what is no date is none', () => {
  for (const text of [
    '',
    ',',
    ' ',
    'Sun',
    'Sun, 06 Nov 1994',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Nov-1994 08:49:37 GMT',
    'Sun, 06-Nov-1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:60 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 1995 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 0x Nov 1994 08:49:37 GMT',
    'Sun Nov  6 08:49:37 94',
    'Sun Nov 6  08:49:37 1994',
    '1994-11-06T08:49:37Z',
    '784111777',
  ]) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
});

test('every date that is printed is read, and nothing makes it throw', () => {
  const moment = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, (date) => {
      assert.equal(parseHttpDate(date.toUTCString()), Math.floor(date.getTime() / 1000));
    }),
  );
  const piece = fc.constantFrom('Sun', ', ', ',', ' ', '06', 'Nov', '-', '94', '1994', '08', ':', '49', 'GMT', 'é');
  fc.assert(fc.property(fc.array(piece), (pieces) => void parseHttpDate(pieces.join(''))));
});
