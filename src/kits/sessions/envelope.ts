import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeBase64Url, findCookie } from '../credentials/index.ts';
import { cookieCount } from './cookies.ts';
import {
  type Head,
  headChars,
  headFlags,
  maxIdlingOffset,
  maxRollingOffset,
  packSealed,
  packSigned,
  sealedBytes,
  signedBytes,
  unpackHead,
} from './head.ts';
import type { SessionKeys } from './keys.ts';
import type { CookieKind, SessionSettings } from './settings.ts';

/** A session as it travels: its head, the head's bytes, and what is encrypted, in base64. */
export interface Envelope {
  readonly head: Head;
  readonly bytes: Buffer;
  /** "" for a session of which only the head was looked at. */
  readonly data: string;
}

/** What a session says of one audience: its data, the audience, and whom it is about. */
export type Entry = readonly [data: unknown, audience: string, subject?: string | null];

const deflateFrom = 1024;
/** What a session may grow to when it is inflated: its maker is one of us, so this is about mistakes. */
const maxPlain = 2 ** 20;

/**
 * Reads the head of a session out of the request's cookies; undefined where it is missing, forged, or out of time. `now`
 * is in seconds since the epoch.
 */
export function openHead(
  settings: SessionSettings,
  kind: CookieKind,
  cookies: readonly string[],
  now: number,
): (Omit<Envelope, 'data'> & { readonly cookie: string }) | undefined {
  const cookie = findCookie(cookies, kind.name.toLowerCase());
  if (cookie === undefined || cookie.length < headChars) return undefined;
  const decoded = decodeBase64Url(cookie.slice(0, headChars));
  if (decoded === undefined) return undefined;
  const bytes = Buffer.from(decoded, 'latin1');
  const head = unpackHead(bytes);
  if (head === undefined || ((head.flags & headFlags.inStore) !== 0) !== (settings.storage !== undefined))
    return undefined;
  if (!isInTime(head, kind, now)) return undefined;
  if (!timingSafeEqual(settings.keys.mac(head.sid, bytes.subarray(0, signedBytes)), head.mac)) return undefined;
  return { head, bytes, cookie };
}

function isInTime({ createdAt, rollingOffset, idlingOffset }: Head, kind: CookieKind, now: number): boolean {
  const { absoluteTimeout, rollingTimeout, idlingTimeout, lasts } = kind;
  const age = now - createdAt;
  if (age > maxRollingOffset || (absoluteTimeout !== 0 && age > absoluteTimeout)) return false;
  const unrenewed = age - rollingOffset;
  if (rollingTimeout !== 0 && unrenewed > rollingTimeout) return false;
  if (lasts) return idlingOffset === 0;
  return idlingTimeout === 0 || unrenewed - idlingOffset <= idlingTimeout;
}

/** The data that travels in cookies, in base64; undefined where part of it is missing. */
export function dataInCookies(
  kind: CookieKind,
  { head, cookie }: { readonly head: Head; readonly cookie: string },
  cookies: readonly string[],
): string | undefined {
  let data = cookie.slice(headChars);
  const count = cookieCount(kind.name, head.dataSize) ?? 1;
  for (let number = 2; number <= count; number++) {
    const chunk = findCookie(cookies, `${kind.name.toLowerCase()}${number}`);
    if (chunk === undefined) return undefined;
    data += chunk;
  }
  return data.length === head.dataSize ? data : undefined;
}

/** Decrypts data; undefined where it was not encrypted for this head. Never throws. */
export function openData(keys: SessionKeys, kind: CookieKind, { head, bytes, data }: Envelope): Entry[] | undefined {
  const encrypted = decodeBase64Url(data);
  if (encrypted === undefined) return undefined;
  const { key, iv } = keys.encryption(head.sid, kind.lasts);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: head.tag.length });
    decipher.setAAD(bytes.subarray(0, sealedBytes));
    decipher.setAuthTag(head.tag);
    let plain = Buffer.concat([decipher.update(encrypted, 'latin1'), decipher.final()]);
    if ((head.flags & headFlags.isDeflated) !== 0) plain = inflateRawSync(plain, { maxOutputLength: maxPlain });
    const entries = JSON.parse(plain.toString('utf8')) as unknown;
    return Array.isArray(entries) && entries.every(Array.isArray) ? (entries as unknown as Entry[]) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a session to be sent, with a new id. `former` is the one whose place it takes. Undefined for one that does not fit
 * into cookies.
 */
export function seal(
  settings: SessionSettings,
  kind: CookieKind,
  entries: readonly Entry[],
  former: Head | undefined,
  now: number,
): Envelope | undefined {
  const { keys, storage } = settings;
  let flags = storage === undefined ? 0 : headFlags.inStore;
  flags |= (former?.flags ?? 0) & headFlags.isForgotten;
  let plain = Buffer.from(JSON.stringify(entries));
  if (plain.length > deflateFrom) {
    const deflated = deflateRawSync(plain);
    if (deflated.length < plain.length) {
      plain = deflated;
      flags |= headFlags.isDeflated;
    }
  }
  const dataSize = Math.ceil((plain.length * 4) / 3);
  if (storage === undefined && cookieCount(kind.name, dataSize) === undefined) return undefined;

  const createdAt = former?.createdAt ?? now;
  const sealed = { flags, sid: randomBytes(32), createdAt, rollingOffset: Math.max(0, now - createdAt), dataSize };
  const sealedPart = packSealed(sealed);
  const { key, iv } = keys.encryption(sealed.sid, kind.lasts);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(sealedPart);
  const data = Buffer.concat([cipher.update(plain), cipher.final()]).toString('base64url');
  const tag = cipher.getAuthTag();
  return { ...sign(keys, sealed.sid, packSigned(sealedPart, tag, 0), { ...sealed, tag, idlingOffset: 0 }), data };
}

/** The same session, seen to be in use `now`. */
export function touch(keys: SessionKeys, { head, bytes, data }: Envelope, now: number): Envelope {
  const idlingOffset = Math.min(Math.max(0, now - head.createdAt - head.rollingOffset), maxIdlingOffset);
  const signed = packSigned(bytes.subarray(0, sealedBytes), head.tag, idlingOffset);
  return { ...sign(keys, head.sid, signed, { ...head, idlingOffset }), data };
}

function sign(keys: SessionKeys, sid: Buffer, signed: Buffer, head: Head): Omit<Envelope, 'data'> {
  return { head, bytes: Buffer.concat([signed, keys.mac(sid, signed)]) };
}
