import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { fault, more, type ProxiedPeer, type ProxyHeader } from './result.ts';

const opening = Buffer.from('PROXY ', 'latin1');
/** The longest line with its CRLF (section 2.1). */
const maxLength = 107;

/** Reads a header of version 1, one line of text. */
export function parseTextHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, opening.length);
  if (opening.compare(bytes, 0, compared, 0, compared) !== 0) return fault('no header of the PROXY protocol');
  const end = bytes.indexOf(0x0d);
  if (end === -1 || end + 1 === bytes.length) {
    return bytes.length >= maxLength ? fault('the line is too long') : more;
  }
  if (bytes[end + 1] !== 0x0a) return fault('a line end within the line');
  if (end + 2 > maxLength) return fault('the line is too long');
  const words = bytes.toString('latin1', opening.length, end).split(' ');
  // Whatever follows UNKNOWN is to be passed over.
  if (words[0] === 'UNKNOWN') return { kind: 'header', length: end + 2, peer: undefined };
  const peer = peerOf(words);
  return peer === undefined ? fault('addresses that are none') : { kind: 'header', length: end + 2, peer };
}

function peerOf(words: readonly string[]): ProxiedPeer | undefined {
  const [family, source = '', destination = '', sourcePort = '', destinationPort = ''] = words;
  if (words.length !== 5 || (family !== 'TCP4' && family !== 'TCP6')) return undefined;
  const isAddress = family === 'TCP4' ? isIPv4 : isNumericIPv6;
  if (!isAddress(source) || !isAddress(destination)) return undefined;
  if (!isPort(sourcePort) || !isPort(destinationPort)) return undefined;
  const written = family === 'TCP4' ? (address: string): string => address : canonicalIPv6;
  return {
    sourceIp: written(source),
    sourcePort: Number(sourcePort),
    destinationIp: written(destination),
    destinationPort: Number(destinationPort),
  };
}

function isNumericIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

/** The one text that the rest of the gateway knows an IPv6 address by (RFC 5952). */
export function canonicalIPv6(text: string): string {
  return new SocketAddress({ family: 'ipv6', address: text }).address;
}
