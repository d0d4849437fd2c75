import { afterScheme, decodeBase64, utf8OfBytes } from '../../kits/credentials/index.ts';

/** What a client says it is. */
export interface UserPass {
  readonly username: string;
  /** Bytes, one character each. */
  readonly password: string;
}

/**
 * Reads user name and password out of an Authorization header (RFC 7617 section 2); undefined when it holds none. As in
 * Kong colons before the user name are skipped, and a password ends with its line.
 */
export function parseBasic(header: string): UserPass | undefined {
  const encoded = afterScheme(header, 'basic');
  const decoded = encoded === undefined ? undefined : decodeBase64(encoded);
  if (decoded === undefined) return undefined;
  let start = 0;
  while (decoded.charCodeAt(start) === colon) start++;
  const end = decoded.indexOf(':', start);
  if (end <= start) return undefined;
  const username = utf8OfBytes(decoded.slice(start, end));
  if (username === undefined) return undefined;
  const line = decoded.indexOf('\n', end);
  return { username, password: decoded.slice(end + 1, line === -1 ? undefined : line) };
}

const colon = 0x3a;
