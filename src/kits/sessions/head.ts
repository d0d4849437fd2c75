/**
 * The head of a session, which every cookie of one begins with: type (1 byte), flags (2), id (32), time of creation (5),
 * rolling offset (4), size of the data (3), tag of the encryption (16), idling offset (3), code of authentication (16).
 * Numbers have their lowest byte first. The layout is that of lua-resty-session 4, which Kong 3.2 and later have.
 */
export interface Head {
  readonly flags: number;
  readonly sid: Buffer;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Seconds from the creation to the last renewal. */
  readonly rollingOffset: number;
  /** Bytes of the data as they are stored: encrypted, in base64. */
  readonly dataSize: number;
  readonly tag: Buffer;
  /** Seconds from the last renewal to the last time that the session was seen to be in use. */
  readonly idlingOffset: number;
}

/** Bits of {@link Head.flags}. */
export const headFlags = { inStore: 0x1, isForgotten: 0x2, isDeflated: 0x10 } as const;

/** Bytes of a head, and characters of it in base64. */
export const headBytes = 82;
export const headChars = 110;
/** Bytes that the tag of the encryption covers, and those that the code of authentication covers. */
export const sealedBytes = 47;
export const signedBytes = 66;

const cookieType = 1;
const sidBytes = 32;
const tagBytes = 16;

/** The largest numbers that a head has room for. */
export const maxRollingOffset = 2 ** 32 - 1;
export const maxIdlingOffset = 2 ** 24 - 1;

/** Writes the part of a head that the encryption covers. */
export function packSealed(head: Omit<Head, 'tag' | 'idlingOffset'>): Buffer {
  const bytes = Buffer.alloc(sealedBytes);
  bytes.writeUInt8(cookieType, 0);
  bytes.writeUInt16LE(head.flags, 1);
  head.sid.copy(bytes, 3);
  bytes.writeUIntLE(head.createdAt, 35, 5);
  bytes.writeUIntLE(head.rollingOffset, 40, 4);
  bytes.writeUIntLE(head.dataSize, 44, 3);
  return bytes;
}

/** Adds what follows the part that the encryption covers, up to the code of authentication. */
export function packSigned(sealed: Buffer, tag: Buffer, idlingOffset: number): Buffer {
  const offset = Buffer.alloc(3);
  offset.writeUIntLE(idlingOffset, 0, 3);
  return Buffer.concat([sealed, tag, offset]);
}

/** Reads a head; undefined for anything that is none. Nothing of it is to be believed before its code was checked. */
export function unpackHead(bytes: Buffer): (Head & { readonly mac: Buffer }) | undefined {
  if (bytes.length !== headBytes || bytes.readUInt8(0) !== cookieType) return undefined;
  return {
    flags: bytes.readUInt16LE(1),
    sid: bytes.subarray(3, 3 + sidBytes),
    createdAt: bytes.readUIntLE(35, 5),
    rollingOffset: bytes.readUIntLE(40, 4),
    dataSize: bytes.readUIntLE(44, 3),
    tag: bytes.subarray(sealedBytes, sealedBytes + tagBytes),
    idlingOffset: bytes.readUIntLE(sealedBytes + tagBytes, 3),
    mac: bytes.subarray(signedBytes),
  };
}
