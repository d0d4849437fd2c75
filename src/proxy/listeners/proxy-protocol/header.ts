import { parseBinaryHeader, signature } from './binary-header.ts';
import { more, type ProxyHeader } from './result.ts';
import { parseTextHeader } from './text-header.ts';

/**
 * Reads a header of the PROXY protocol, version 1 or 2 (haproxy's proxy-protocol.txt, sections 2.1 and 2.2), from the
 * first bytes of a connection. Strict: what can no longer become a header is refused at its first wrong byte.
 */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return more;
  return bytes[0] === signature[0] ? parseBinaryHeader(bytes) : parseTextHeader(bytes);
}
