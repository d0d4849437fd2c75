import { fault, more, type ProxiedPeer, type ProxyHeader } from './result.ts';
import { canonicalIPv6 } from './text-header.ts';

/** The bytes that a header of version 2 begins with. */
export const signature: Buffer = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

const fixedLength = 16;
/** The whole header with what follows the addresses; nginx reads no more either. */
const maxLength = 4096;

const local = 0;
const proxied = 1;
/** Length of the addresses by family: unspecified, IPv4, IPv6, Unix. */
const addressLengths = [0, 12, 36, 216];
const datagram = 2;

/** Reads a header of version 2. Fields behind the addresses are passed over. */
export function parseBinaryHeader(bytes: Buffer): ProxyHeader {
  const compared = Math.min(bytes.length, signature.length);
  if (signature.compare(bytes, 0, compared, 0, compared) !== 0) return fault('no header of the PROXY protocol');
  if (bytes.length > 12 && bytes[12]! >> 4 !== 2) return fault(`version ${bytes[12]! >> 4}`);
  const command = bytes.length > 12 ? bytes[12]! & 0xf : local;
  if (command > proxied) return fault(`command ${command}`);
  const family = bytes.length > 13 ? bytes[13]! >> 4 : 0;
  const transport = bytes.length > 13 ? bytes[13]! & 0xf : 0;
  const addressLength = addressLengths[family];
  if (addressLength === undefined || transport > datagram) return fault(`family ${family}, transport ${transport}`);
  if (bytes.length < fixedLength) return more;
  const length = fixedLength + bytes.readUInt16BE(14);
  if (length > maxLength) return fault(`a length of ${length} bytes`);
  // A connection of the proxy's own, such as a health check: whatever else it says does not count.
  const counts = command === proxied && transport !== 0;
  if (counts && length < fixedLength + addressLength) return fault('addresses cut short');
  if (bytes.length < length) return more;
  return { kind: 'header', length, peer: counts ? peerOf(bytes, family) : undefined };
}

function peerOf(bytes: Buffer, family: number): ProxiedPeer | undefined {
  if (family === 1) {
    return {
      sourceIp: bytes.subarray(16, 20).join('.'),
      destinationIp: bytes.subarray(20, 24).join('.'),
      sourcePort: bytes.readUInt16BE(24),
      destinationPort: bytes.readUInt16BE(26),
    };
  }
  if (family !== 2) return undefined;
  return {
    sourceIp: ipv6At(bytes, 16),
    destinationIp: ipv6At(bytes, 32),
    sourcePort: bytes.readUInt16BE(48),
    destinationPort: bytes.readUInt16BE(50),
  };
}

function ipv6At(bytes: Buffer, at: number): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((offset) => bytes.readUInt16BE(at + offset).toString(16));
  return canonicalIPv6(groups.join(':'));
}
