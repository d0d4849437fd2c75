import { X509Certificate } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { type DerElement, derTags, objectIdOf, readElements, readWithin, smallNumberOf } from '../../kernel/index.ts';

/** A certificate with what has to be known of it. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** Texts of the names in the extension SubjectAltName, in its order; undefined without the extension. */
  readonly alternativeNames: readonly string[] | undefined;
  /** The last common name of the subject. */
  readonly commonName: string | undefined;
  /** The subject as RFC 2253 writes it, the last part first; characters beyond ASCII as their bytes, for a header. */
  readonly distinguishedName: string;
  /** {@link Certificate.alternativeNames} as one text for a header. */
  readonly alternativeNamesText: string | undefined;
  /** How many authorities may follow below this one; Infinity where it does not say. */
  readonly pathLength: number;
  /** It demands something that is not looked into here, and so must be refused (RFC 5280 section 4.2). */
  readonly hasUnknownDemands: boolean;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Extensions whose demands are met: the checks of a chain look into them, or they demand nothing of us. */
const known = new Set([
  // keyUsage and extKeyUsage, subjectKeyIdentifier and authorityKeyIdentifier
  '2.5.29.15',
  '2.5.29.37',
  '2.5.29.14',
  '2.5.29.35',
  // subjectAltName, basicConstraints, certificatePolicies
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.32',
]);

const commonName = '2.5.4.3';

/**
 * Reads a certificate out of PEM text.
 * @throws Error when it cannot be read.
 */
export function readCertificate(pem: string): Certificate {
  const x509 = new X509Certificate(pem);
  const [tbs] = readWithin(readElements(x509.raw)[0], derTags.sequence);
  const parts = readWithin(tbs, derTags.sequence);
  // The version is there in all but the oldest certificates (RFC 5280 section 4.1).
  const subject = parts[parts[0]?.tag === 0xa0 ? 5 : 4];
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  let alternativeNames: readonly string[] | undefined;
  let pathLength = Number.POSITIVE_INFINITY;
  let hasUnknownDemands = false;
  for (const extension of extensions === undefined
    ? []
    : readWithin(readElements(extensions.content)[0], derTags.sequence)) {
    const [id, ...rest] = readWithin(extension, derTags.sequence);
    const name = objectIdOf(id!.content);
    const value = readElements(rest.at(-1)!.content);
    if (rest[0]!.tag === derTags.boolean && rest[0]!.content[0] !== 0 && !known.has(name)) hasUnknownDemands = true;
    if (name === '2.5.29.17')
      alternativeNames = readWithin(value[0], derTags.sequence).flatMap((one) => nameOf(one) ?? []);
    if (name === '2.5.29.19') {
      const length = readWithin(value[0], derTags.sequence).find(({ tag }) => tag === derTags.integer);
      if (length !== undefined) pathLength = smallNumberOf(length.content);
    }
  }
  return {
    x509,
    alternativeNames,
    commonName: commonNameOf(subject),
    distinguishedName: printable(x509.subject.split('\n').toReversed().join(',')),
    alternativeNamesText: alternativeNames && printable(alternativeNames.join(',')),
    pathLength,
    hasUnknownDemands,
    from: x509.validFromDate.getTime(),
    to: x509.validToDate.getTime(),
  };
}

/** Reads all certificates of a PEM text. @throws Error when one cannot be read. */
export function readCertificates(pem: string): readonly Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(readCertificate);
}

/** The names that a consumer may be known by: the alternative ones, or without any such the common name. */
export function subjectNames({ alternativeNames, commonName: name }: Certificate): readonly string[] {
  return alternativeNames ?? (name === undefined ? [] : [name]);
}

/** Everything but printable ASCII as its bytes in UTF-8, each as RFC 2253 writes it. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, (char) =>
    [...Buffer.from(char, 'utf8')].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** A general name (RFC 5280 section 4.2.1.6) of a kind that is a text. */
function nameOf({ tag, content }: DerElement): string | undefined {
  switch (tag) {
    // rfc822Name, dNSName, uniformResourceIdentifier: all IA5.
    case 0x81:
    case 0x82:
    case 0x86:
      return Buffer.from(content).toString('latin1');
    case 0x87:
      return addressOf(content);
    default:
      return undefined;
  }
}

function addressOf(bytes: Uint8Array): string | undefined {
  if (bytes.length === 4) {
    const address = bytes.join('.');
    return isIPv4(address) ? address : undefined;
  }
  if (bytes.length !== 16) return undefined;
  const hex = Buffer.from(bytes).toString('hex');
  return new URL(`http://[${hex.match(/.{4}/g)!.join(':')}]`).hostname.slice(1, -1);
}

function commonNameOf(subject: DerElement | undefined): string | undefined {
  let found: string | undefined;
  for (const group of readWithin(subject, derTags.sequence)) {
    for (const attribute of readElements(group.content)) {
      const [id, value] = readWithin(attribute, derTags.sequence);
      if (id !== undefined && value !== undefined && objectIdOf(id.content) === commonName) found = textOf(value);
    }
  }
  return found;
}

function textOf({ tag, content }: DerElement): string {
  const bytes = Buffer.from(content);
  return tag === derTags.bmpString && bytes.length % 2 === 0
    ? bytes.swap16().toString('utf16le')
    : bytes.toString('utf8');
}
