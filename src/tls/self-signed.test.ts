import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { createManualClock } from '../kernel/index.ts';
import { generateSelfSigned } from './self-signed.ts';

describe('self-signed certificates', () => {
  const clock = createManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));

  it('makes an RSA pair for servers and clients that is no authority', async () => {
    const { cert, key } = await generateSelfSigned({ commonName: 'localhost', days: 10, keyType: 'rsa', clock });
    const read = new X509Certificate(cert);
    assert.deepEqual(
      {
        subject: read.subject,
        issuer: read.issuer,
        alternative: read.subjectAltName,
        authority: read.ca,
        from: read.validFromDate.toISOString(),
        to: read.validToDate.toISOString(),
        usage: read.keyUsage,
        type: read.publicKey.asymmetricKeyType,
        signed: read.verify(read.publicKey),
        paired: read.checkPrivateKey(createPrivateKey(key)),
        serial: read.serialNumber.length,
      },
      {
        subject: 'O=Gibbon\nCN=localhost',
        issuer: 'O=Gibbon\nCN=localhost',
        alternative: 'DNS:localhost',
        authority: false,
        from: '2026-01-02T03:04:05.000Z',
        to: '2026-01-12T03:04:05.000Z',
        usage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
        type: 'rsa',
        signed: true,
        paired: true,
        serial: 32,
      },
    );
  });

  it('makes elliptic pairs on either curve', async () => {
    for (const [curve, named] of [
      ['P-256', 'prime256v1'],
      ['P-384', 'secp384r1'],
    ] as const) {
      const { cert, key } = await generateSelfSigned({ commonName: 'kong_clustering', days: 1, keyType: 'ec', curve });
      const read = new X509Certificate(cert);
      assert.equal(read.publicKey.asymmetricKeyDetails?.namedCurve, named);
      assert.ok(read.checkPrivateKey(createPrivateKey(key)));
      assert.ok(read.verify(read.publicKey));
    }
  });

  it('takes a common name literally', async () => {
    const { cert } = await generateSelfSigned({ commonName: 'a,O=Evil+CN=b', days: 1, keyType: 'ec' });
    assert.equal(new X509Certificate(cert).toLegacyObject().subject.CN, 'a,O=Evil+CN=b');
  });

  it('leaves no stand-ins behind', async () => {
    await generateSelfSigned({ commonName: 'x', days: 1, keyType: 'ec' });
    assert.equal('getMetadata' in Reflect, false);
  });
});
