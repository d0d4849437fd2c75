import { decodeBase64, isBlank, utf8OfBytes } from '../../kits/credentials/index.ts';

/** What a client says it is. */
export interface UserPass {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads user name and password behind the name of a scheme (in lower case), which may be written in any case; undefined
 * where there are none. An empty password is none: directories take it for somebody who wants to be nobody (RFC 4513
 * section 5.1.2), and let him in.
 */
export function parseCredentials(header: string, scheme: string): UserPass | undefined {
  let start = 0;
  while (isBlank(header.charCodeAt(start))) start++;
  const end = start + scheme.length;
  if (header.slice(start, end).toLowerCase() !== scheme || !isBlank(header.charCodeAt(end))) return undefined;
  const bytes = decodeBase64(header.slice(end).trim());
  const decoded = bytes === undefined ? undefined : utf8OfBytes(bytes);
  if (decoded === undefined) return undefined;
  const pair = decoded.endsWith('\n') ? decoded.slice(0, -1) : decoded;
  const colon = pair.indexOf(':');
  if (colon < 1 || colon === pair.length - 1 || pair.includes('\n') || pair.includes('\0')) return undefined;
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1) };
}
