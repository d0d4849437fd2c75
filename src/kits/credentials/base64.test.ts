import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, decodeBase64Url } from './base64.ts';

const url = decodeBase64Url;

test('padding may be missing, and is the end', () => {
  for (const text of ['YW5u', 'YW5uYQ==', 'YW5uYQ', 'YW5uYQ=', 'YW5uYQ=!']) {
    assert.equal(decodeBase64(text), text.startsWith('YW5uYQ') ? 'anna' : 'ann');
    assert.equal(url(text), text.startsWith('YW5uYQ') ? 'anna' : 'ann');
  }
  assert.deepEqual([decodeBase64(''), decodeBase64('===='), url('=')], ['', '', '']);
});

test('each alphabet is its own', () => {
  assert.deepEqual([decodeBase64('+/+/'), decodeBase64('-_-_')], ['\xfb\xff\xbf', undefined]);
  assert.deepEqual([url('+/+/'), url('-_-_')], [undefined, '\xfb\xff\xbf']);
});

test('what is no base64 is none', () => {
  for (const text of ['Y', 'YW5uY', 'Y W5', ' YW5', 'YW5\n', 'YÿW5', 'Y\u0141W5', 'YW.5']) {
    assert.deepEqual([decodeBase64(text), decodeBase64Url(text)], [undefined, undefined]);
  }
});

test('all bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const buffer = Buffer.from(bytes);
      const text = buffer.toString('latin1');
      assert.equal(decodeBase64(buffer.toString('base64')), text);
      assert.equal(url(buffer.toString('base64url')), text);
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      decodeBase64(text);
      decodeBase64Url(text);
    }),
  );
});
