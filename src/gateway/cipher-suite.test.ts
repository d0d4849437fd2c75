import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createSecureContext } from 'node:tls';
import { loadSettings } from '../settings/index.ts';
import { type CipherSuite, handshakeOptions } from '../tls/index.ts';
import { cipherSuiteOf } from './cipher-suite.ts';

function suiteOf(flags: Record<string, string>): CipherSuite {
  const loaded = loadSettings({ env: {}, flags, searchPaths: [] });
  assert.ok(loaded.ok);
  return cipherSuiteOf(loaded.settings);
}

describe('the cipher suite of the settings', () => {
  for (const [name, protocols] of Object.entries({
    modern: ['TLSv1.3'],
    intermediate: ['TLSv1.2', 'TLSv1.3'],
    old: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
    fips: ['TLSv1.2'],
  })) {
    it(`is one that OpenSSL takes: ${name}`, () => {
      const suite = suiteOf({ ssl_cipher_suite: name });
      assert.deepEqual(suite.protocols, protocols);
      assert.doesNotThrow(() => createSecureContext({ ...handshakeOptions(suite) }));
    });
  }

  it("is made of the single keys where they are the operator's own", () => {
    const own = {
      ssl_cipher_suite: 'custom',
      ssl_protocols: 'TLSv1.2',
      ssl_ciphers: 'ECDHE-RSA-AES128-GCM-SHA256',
      ssl_prefer_server_ciphers: 'on',
    };
    const { dhparam: _, ...suite } = suiteOf(own);
    assert.deepEqual(suite, { protocols: ['TLSv1.2'], ciphers: own.ssl_ciphers, preferServerCiphers: true });
  });
});
