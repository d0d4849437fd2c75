import { latin1 } from './latin1.ts';

/** What the Connection header of a head may say besides how the connection goes on. */
export interface ConnectionHolder {
  connectionUpgrade: boolean;
  nominated: string[] | undefined;
}

/** What {@link readConnection} found, as bits. */
export const ConnectionBit = { close: 1, keepAlive: 2 } as const;

/** Reads one Connection header (RFC 9110 section 7.6.1) into `head`; returns the {@link ConnectionBit}s that it sets. */
export function readConnection(bytes: Buffer, start: number, end: number, head: ConnectionHolder): number {
  if (isKeepAlive(bytes, start, end)) return ConnectionBit.keepAlive;
  let bits = 0;
  for (const part of latin1(bytes, start, end).split(',')) {
    const option = connectionOption(part);
    if (option === 'close') bits |= ConnectionBit.close;
    else if (option === 'keep-alive') bits |= ConnectionBit.keepAlive;
    else if (option === 'upgrade') head.connectionUpgrade = true;
    else if (option !== '') (head.nominated ??= []).push(option);
  }
  return bits;
}

/** One element of a Connection header: lower case, without blanks around it. */
function connectionOption(part: string): string {
  if (part === 'close' || part === 'keep-alive') return part;
  return part.trim().toLowerCase();
}

const keepAlive = Uint8Array.from('keep-alive', (char) => char.charCodeAt(0));

/** True when a Connection header says `keep-alive` and nothing else, which is what nearly all of them say. */
function isKeepAlive(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== keepAlive.length) return false;
  for (let at = 0; at < keepAlive.length; at += 1) {
    if ((bytes[start + at]! | 0x20) !== keepAlive[at]) return false;
  }
  return true;
}
