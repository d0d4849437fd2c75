import assert from 'node:assert/strict';
import { constants } from 'node:crypto';
import { describe, it } from 'node:test';
import { type CipherSuite, handshakeOptions } from './cipher-suites.ts';

describe('cipher suites', () => {
  it('reads one protocol as that and no other', () => {
    assert.deepEqual(handshakeOptions({ protocols: ['TLSv1.3'], ciphers: '', preferServerCiphers: false }), {
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TLSv1 | constants.SSL_OP_NO_TLSv1_1 | constants.SSL_OP_NO_TLSv1_2,
      honorCipherOrder: false,
    });
  });

  it('leaves out a version in the middle', () => {
    const suite: CipherSuite = { protocols: ['TLSv1.3', 'TLSv1.1'], ciphers: 'AES128-SHA', preferServerCiphers: true };
    assert.deepEqual(handshakeOptions(suite), {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.3',
      secureOptions: constants.SSL_OP_NO_TLSv1 | constants.SSL_OP_NO_TLSv1_2,
      honorCipherOrder: true,
      ciphers: 'AES128-SHA:@SECLEVEL=0',
    });
  });

  it('refuses a suite without protocols', () => {
    assert.throws(() => handshakeOptions({ protocols: [], ciphers: '', preferServerCiphers: true }), {
      code: 'ERR_TLS_PROTOCOLS',
    });
  });
});
