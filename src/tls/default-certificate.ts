import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, GibbonError, messageOf } from '../kernel/index.ts';
import type { CertificatePairs } from './certificate-store.ts';
import { type CertificatePair, generateSelfSigned } from './self-signed.ts';

/** What {@link loadOrCreateDefaultCertificate} may be told. */
export interface DefaultCertificateOptions {
  /**
   * The files' name without suffix: `kong-default` unless told; Kong's other ones are `admin-kong-default`,
   * `admin-gui-kong-default` and `status-kong-default`.
   */
  readonly name?: string;
  readonly clock?: Clock;
}

const twentyYears = 20 * 365;

/**
 * Reads the default certificates of a prefix's `ssl` directory, RSA first, then ECDSA: `<name>.crt`, `<name>.key`,
 * `<name>-ecdsa.crt`, `<name>-ecdsa.key`. What is not there is made: for localhost, valid for 20 years, the keys readable
 * by their owner only, each file written whole or not at all.
 * @throws GibbonError `ERR_TLS_DEFAULT_CERTIFICATE` when a certificate has no key, or one that does not belong to it.
 */
export async function loadOrCreateDefaultCertificate(
  directory: string,
  options: DefaultCertificateOptions = {},
): Promise<CertificatePairs> {
  const name = options.name ?? 'kong-default';
  await mkdir(directory, { recursive: true });
  const rsa = await loadOrCreate(directory, name, 'rsa', options.clock);
  const ecdsa = await loadOrCreate(directory, `${name}-ecdsa`, 'ec', options.clock);
  return { cert: [rsa.cert, ecdsa.cert], key: [rsa.key, ecdsa.key] };
}

async function loadOrCreate(
  directory: string,
  name: string,
  keyType: 'rsa' | 'ec',
  clock: Clock | undefined,
): Promise<CertificatePair> {
  const certPath = join(directory, `${name}.crt`);
  const keyPath = join(directory, `${name}.key`);
  const cert = await readIfThere(certPath);
  if (cert === undefined) {
    const made = await generateSelfSigned({
      commonName: 'localhost',
      days: twentyYears,
      keyType,
      ...(clock === undefined ? {} : { clock }),
    });
    // The certificate comes last: a key alone is the remains of an interrupted start and is made anew.
    await writeWhole(keyPath, made.key, 0o600);
    await writeWhole(certPath, made.cert, 0o644);
    return made;
  }
  const key = await readIfThere(keyPath);
  if (key === undefined) throw unusable(certPath, `its key "${keyPath}" does not exist`);
  let belongs: boolean;
  try {
    belongs = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw unusable(certPath, messageOf(cause), cause);
  }
  if (!belongs) throw unusable(certPath, `the key "${keyPath}" belongs to another certificate`);
  return { cert, key };
}

function unusable(path: string, detail: string, cause?: unknown): GibbonError {
  return new GibbonError(`Cannot use default certificate "${path}": ${detail}`, {
    code: 'ERR_TLS_DEFAULT_CERTIFICATE',
    cause,
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fault;
  }
}

async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode, flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (fault) {
    await rm(temporary, { force: true });
    throw fault;
  }
}
