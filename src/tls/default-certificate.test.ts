import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { loadOrCreateDefaultCertificate } from './default-certificate.ts';

describe('default certificate', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gibbon-tls-'));
  });
  after(() => rm(root, { recursive: true }));

  it('makes both pairs once, under the names that Kong gives them, and reads them afterwards', async () => {
    const directory = join(root, 'prefix', 'ssl');
    const made = await loadOrCreateDefaultCertificate(directory);
    assert.deepEqual((await readdir(directory)).sort(), [
      'kong-default-ecdsa.crt',
      'kong-default-ecdsa.key',
      'kong-default.crt',
      'kong-default.key',
    ]);
    assert.deepEqual(
      made.cert.map((cert) => new X509Certificate(cert).publicKey.asymmetricKeyType),
      ['rsa', 'ec'],
    );
    for (const name of ['kong-default.key', 'kong-default-ecdsa.key']) {
      assert.equal((await stat(join(directory, name))).mode & 0o777, 0o600, name);
    }
    assert.deepEqual(await loadOrCreateDefaultCertificate(directory), made);
    assert.equal(await readFile(join(directory, 'kong-default.crt'), 'utf8'), made.cert[0]);
  });

  it('makes a pair anew when only the key is there, as after an interrupted start', async () => {
    const directory = join(root, 'interrupted');
    const before = await loadOrCreateDefaultCertificate(directory, { name: 'admin-kong-default' });
    await rm(join(directory, 'admin-kong-default.crt'));
    const later = await loadOrCreateDefaultCertificate(directory, { name: 'admin-kong-default' });
    assert.notEqual(later.cert[0], before.cert[0]);
    assert.equal(later.cert[1], before.cert[1]);
    assert.deepEqual(await loadOrCreateDefaultCertificate(directory, { name: 'admin-kong-default' }), later);
  });

  it('never overwrites a certificate whose key is missing or another one', async () => {
    const directory = join(root, 'mixed');
    const { cert, key } = await loadOrCreateDefaultCertificate(directory);
    await writeFile(join(directory, 'kong-default.key'), key[1]!);
    await assert.rejects(loadOrCreateDefaultCertificate(directory), {
      code: 'ERR_TLS_DEFAULT_CERTIFICATE',
      message: /kong-default\.key" belongs to another certificate$/,
    });
    await writeFile(join(directory, 'kong-default.key'), 'nonsense');
    await assert.rejects(loadOrCreateDefaultCertificate(directory), { code: 'ERR_TLS_DEFAULT_CERTIFICATE' });
    await rm(join(directory, 'kong-default.key'));
    await assert.rejects(loadOrCreateDefaultCertificate(directory), { message: /kong-default\.key" does not exist$/ });
    assert.equal(await readFile(join(directory, 'kong-default.crt'), 'utf8'), cert[0]);
  });
});
