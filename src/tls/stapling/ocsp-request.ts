import { createHash, X509Certificate } from 'node:crypto';
import { derTags, readElements, readWithin, writeElement } from '../../kernel/index.ts';

/** A question to the responder of a certificate's authority (RFC 6960 section 4.1). */
export interface OcspRequest {
  readonly url: string;
  readonly body: Uint8Array;
  /** The serial number of the certificate as it stands in it. */
  readonly serial: Uint8Array;
}

/** SHA-1 (1.3.14.3.2.26), by which all responders know certificates (RFC 5019 section 2.1.1). */
const sha1 = writeElement(
  derTags.sequence,
  writeElement(derTags.objectId, Uint8Array.from([0x2b, 0x0e, 0x03, 0x02, 0x1a])),
  writeElement(derTags.null),
);

/**
 * Asks whether a certificate is still good; undefined for one that names no responder over HTTP. Both are DER.
 * @throws RangeError for what is no certificate
 */
export function createOcspRequest(certificate: Uint8Array, issuer: Uint8Array): OcspRequest | undefined {
  const url = responderOf(certificate);
  if (url === undefined) return undefined;
  const { serial } = partsOf(certificate);
  const { subject, publicKey } = partsOf(issuer);
  const id = writeElement(
    derTags.sequence,
    sha1,
    writeElement(derTags.octetString, hashOf(subject)),
    writeElement(derTags.octetString, hashOf(publicKey)),
    writeElement(derTags.integer, serial),
  );
  const list = writeElement(derTags.sequence, writeElement(derTags.sequence, id));
  return { url, serial, body: writeElement(derTags.sequence, writeElement(derTags.sequence, list)) };
}

function responderOf(certificate: Uint8Array): string | undefined {
  const access = new X509Certificate(certificate).infoAccess ?? '';
  return /^OCSP - URI:(http:\/\/\S+)$/m.exec(access)?.[1];
}

interface CertificateParts {
  readonly serial: Uint8Array;
  /** The name, as DER. */
  readonly subject: Uint8Array;
  /** The bits of the key, without its algorithm. */
  readonly publicKey: Uint8Array;
}

/** RFC 5280 section 4.1: serial, signature, issuer, validity, subject and key follow the version, which may be absent. */
function partsOf(certificate: Uint8Array): CertificateParts {
  const [whole] = readElements(certificate);
  const [signed] = readWithin(whole, derTags.sequence);
  const fields = readWithin(signed, derTags.sequence);
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [serial, subject, key] = [fields[first], fields[first + 4], fields[first + 5]];
  const bits = readWithin(key, derTags.sequence)[1];
  if (serial?.tag !== derTags.integer || subject?.tag !== derTags.sequence || bits?.tag !== derTags.bitString) {
    throw new RangeError('malformed certificate');
  }
  return {
    serial: serial.content,
    subject: writeElement(derTags.sequence, subject.content),
    // The first octet counts the bits that are not used.
    publicKey: bits.content.subarray(1),
  };
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash('sha1').update(bytes).digest();
}
