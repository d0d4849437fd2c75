import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { derTags, objectIdOf, readElements, readWithin, smallNumberOf } from '../../kernel/index.ts';
import { readCertificate, readCertificates, subjectNames } from './certificate.ts';
import { pems } from './pems.fixtures.ts';

const { ann, bob, middle, odd, root, umlaut } = pems;

test('names are the alternative ones, or without any the common name', () => {
  assert.deepEqual(subjectNames(readCertificate(ann.cert)), ['ann']);
  assert.deepEqual(subjectNames(readCertificate(bob.cert)), [
    'bob.test',
    'bob@a.test',
    '10.0.0.1',
    '2001:db8::1',
    'spiffe://a.test/bob',
  ]);
  assert.deepEqual(subjectNames(readCertificate(umlaut.cert)), ['Jörg']);
});

test('names are told to upstreams in ASCII', () => {
  assert.equal(readCertificate(ann.cert).distinguishedName, 'CN=ann,O=Shop\\, Inc.,C=DE');
  assert.equal(readCertificate(umlaut.cert).distinguishedName, 'CN=J\\C3\\B6rg');
  assert.equal(
    readCertificate(bob.cert).alternativeNamesText,
    'bob.test,bob@a.test,10.0.0.1,2001:db8::1,spiffe://a.test/bob',
  );
  assert.equal(readCertificate(ann.cert).alternativeNamesText, undefined);
});

test('path lengths and unknown demands are found', () => {
  assert.equal(readCertificate(root.cert).pathLength, Number.POSITIVE_INFINITY);
  assert.equal(readCertificate(middle.cert).pathLength, 0);
  assert.deepEqual(
    [readCertificate(ann.cert), readCertificate(odd.cert)].map((one) => one.hasUnknownDemands),
    [false, true],
  );
});

test('a chain is read certificate by certificate', () => {
  const chain = readCertificates(bob.cert + middle.cert);
  assert.deepEqual(
    chain.map(({ commonName }) => commonName),
    ['ignored', 'middle.test'],
  );
  assert.deepEqual(readCertificates('nothing'), []);
  assert.throws(() => readCertificate('nothing'));
});

test('object identifiers and numbers are read', () => {
  assert.equal(objectIdOf(Uint8Array.of(0x55, 0x1d, 0x11)), '2.5.29.17');
  assert.equal(objectIdOf(Uint8Array.of(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d)), '1.2.840.113549');
  assert.equal(smallNumberOf(Uint8Array.of(1, 0)), 256);
  assert.throws(() => smallNumberOf(Uint8Array.of(0xff)), RangeError);
  assert.throws(() => readWithin(undefined, derTags.sequence), RangeError);
});

test('no bytes make the reader do anything but read or refuse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        const total = readElements(bytes).reduce((sum, { content }) => sum + content.length, 0);
        assert.ok(total <= bytes.length);
      } catch (fault) {
        assert.ok(fault instanceof RangeError);
      }
    }),
  );
});
