import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { type Clock, systemClock } from '../kernel/index.ts';

/** A certificate and its private key, both PEM; the key in PKCS #8. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** What {@link generateSelfSigned} needs. */
export interface SelfSignedOptions {
  /** Becomes the subject's common name and, as a DNS name, the alternative name. */
  readonly commonName: string;
  /** Days of validity from now. */
  readonly days: number;
  /** RSA of 2048 bits, or an elliptic curve. */
  readonly keyType: 'rsa' | 'ec';
  /** The curve for `ec`; P-256 unless told. */
  readonly curve?: 'P-256' | 'P-384';
  readonly clock?: Clock;
}

const dayMs = 86_400_000;

/** Makes a key and a certificate signed by itself: for TLS servers and clients, not for signing others. */
export async function generateSelfSigned(options: SelfSignedOptions): Promise<CertificatePair> {
  const x509 = await loadX509();
  const { subtle } = webcrypto;
  const algorithm =
    options.keyType === 'rsa'
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          hash: 'SHA-256',
          publicExponent: new Uint8Array([1, 0, 1]),
          modulusLength: 2048,
        }
      : { name: 'ECDSA', hash: 'SHA-256', namedCurve: options.curve ?? 'P-256' };
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  // Truncated to the second, the unit of certificates, so that it is valid from this moment on.
  const notBefore = Math.floor((options.clock ?? systemClock).now() / 1000) * 1000;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ O: ['Gibbon'] }, { CN: [options.commonName] }],
      notBefore: new Date(notBefore),
      notAfter: new Date(notBefore + options.days * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: options.commonName }]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  );
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** 16 random bytes in hexadecimal, positive and without a leading zero byte (RFC 5280 section 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString('hex');
}

type X509 = typeof import('@peculiar/x509');
let loading: Promise<X509> | undefined;

function loadX509(): Promise<X509> {
  loading ??= importX509();
  return loading;
}

/**
 * The package's container of dependencies refuses to load without a Reflect polyfill, though none of its classes carries
 * metadata. Stand-ins that know of none are enough; they are there only while it loads.
 */
async function importX509(): Promise<X509> {
  const reflect = Reflect as { getMetadata?: unknown; getOwnMetadata?: unknown; defineMetadata?: unknown };
  if (reflect.getMetadata !== undefined) return import('@peculiar/x509');
  const none = (): undefined => undefined;
  reflect.getMetadata = none;
  reflect.getOwnMetadata = none;
  reflect.defineMetadata = none;
  try {
    return await import('@peculiar/x509');
  } finally {
    delete reflect.getMetadata;
    delete reflect.getOwnMetadata;
    delete reflect.defineMetadata;
  }
}
