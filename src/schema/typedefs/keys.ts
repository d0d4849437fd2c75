import { createPublicKey, X509Certificate } from 'node:crypto';
import { f } from '../fields.ts';
import { typedef } from './typedef.ts';

/** A certificate in PEM. */
export const certificate = typedef(f.string({ custom_validator: checkCertificate, typedef: 'certificate' }));

/** A key in PEM, private or public. */
export const key = typedef(f.string({ custom_validator: checkKey, typedef: 'key' }));

function checkCertificate(value: string): string | undefined {
  try {
    new X509Certificate(value);
    return undefined;
  } catch (thrown) {
    return `invalid certificate: ${reasonOf(thrown)}`;
  }
}

function checkKey(value: string): string | undefined {
  try {
    // Derives the public half from a private key and takes a public one as it is.
    createPublicKey(value);
    return undefined;
  } catch (thrown) {
    return `invalid key: ${reasonOf(thrown)}`;
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
