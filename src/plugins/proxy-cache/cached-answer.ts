import type { HeaderTable } from '../../pdk/index.ts';

/** The form in which answers are stored; one of another form counts as absent. */
export const formatVersion = 1;

/** An answer as it is kept. */
export interface CachedAnswer {
  readonly status: number;
  /** Headers to give again, by name as sent. */
  readonly headers: HeaderTable;
  readonly body: Uint8Array;
  /** Seconds since the epoch at which it was stored. */
  readonly timestamp: number;
  /** Seconds for which it is fresh. */
  readonly ttl: number;
  /** Where answers under this key differ: this one has no content, those are kept under keys of their own. */
  readonly variants?: { readonly nonce: string; readonly names: readonly string[] };
}

/** Writes an answer as bytes: the length of its head in four bytes, the head as JSON, the body. */
export function encodeAnswer({ body, ...head }: CachedAnswer): Uint8Array {
  const text = Buffer.from(JSON.stringify({ version: formatVersion, ...head }));
  const bytes = Buffer.allocUnsafe(4 + text.length + body.length);
  bytes.writeUInt32LE(text.length, 0);
  bytes.set(text, 4);
  bytes.set(body, 4 + text.length);
  return bytes;
}

/** Reads {@link encodeAnswer}'s bytes; undefined for those of another form. */
export function decodeAnswer(bytes: Uint8Array): CachedAnswer | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 4) return undefined;
  const end = 4 + buffer.readUInt32LE(0);
  if (end > buffer.length) return undefined;
  let head: CachedAnswer & { readonly version: number };
  try {
    head = JSON.parse(buffer.toString('utf8', 4, end));
  } catch {
    return undefined;
  }
  if (head.version !== formatVersion) return undefined;
  const { status, headers, timestamp, ttl, variants } = head;
  return { status, headers, timestamp, ttl, body: buffer.subarray(end), ...(variants && { variants }) };
}

/** Never taken over from a cached answer: framing and connection, what belongs to one client, what the cache adds. */
const notKept = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'age',
  'x-cache-status',
  'x-cache-key',
]);

/** The headers of an answer that are kept with it, their names in the usual spelling. */
export function headersToKeep(headers: HeaderTable): HeaderTable {
  const kept: { [name: string]: string | readonly string[] } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!notKept.has(name) && !name.includes('ratelimit-remaining')) kept[spelled(name)] = value;
  }
  return kept;
}

function spelled(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
