/** What a request field is to the engine; 0 is any other header. */
export const FieldKind = {
  other: 0,
  method: 1,
  scheme: 2,
  path: 3,
  authority: 4,
  /** What CONNECT is to begin (RFC 8441). */
  protocol: 5,
  /** A pseudo-header that no request may have. */
  unknownPseudo: 6,
  /** Belongs to a connection of HTTP/1 (RFC 9113 section 8.2.2). */
  connectionSpecific: 7,
  host: 8,
  contentLength: 9,
  te: 10,
  expect: 11,
  cookie: 12,
  via: 13,
  forwardedFor: 14,
  forwardedProto: 15,
  forwardedHost: 16,
  forwardedPort: 17,
  forwardedPath: 18,
  forwardedPrefix: 19,
  realIp: 20,
  /** Seen by plugins, but not passed on. */
  held: 21,
} as const;

const kinds = new Map<string, number>([
  [':method', FieldKind.method],
  [':scheme', FieldKind.scheme],
  [':path', FieldKind.path],
  [':authority', FieldKind.authority],
  [':protocol', FieldKind.protocol],
  ['connection', FieldKind.connectionSpecific],
  ['proxy-connection', FieldKind.connectionSpecific],
  ['keep-alive', FieldKind.connectionSpecific],
  ['transfer-encoding', FieldKind.connectionSpecific],
  ['upgrade', FieldKind.connectionSpecific],
  ['host', FieldKind.host],
  ['content-length', FieldKind.contentLength],
  ['te', FieldKind.te],
  ['expect', FieldKind.expect],
  ['cookie', FieldKind.cookie],
  ['via', FieldKind.via],
  ['x-forwarded-for', FieldKind.forwardedFor],
  ['x-forwarded-proto', FieldKind.forwardedProto],
  ['x-forwarded-host', FieldKind.forwardedHost],
  ['x-forwarded-port', FieldKind.forwardedPort],
  ['x-forwarded-path', FieldKind.forwardedPath],
  ['x-forwarded-prefix', FieldKind.forwardedPrefix],
  ['x-real-ip', FieldKind.realIp],
  ['proxy', FieldKind.held],
  ['trailer', FieldKind.held],
  ['x-kong-request-id', FieldKind.held],
  ['sec-websocket-key', FieldKind.held],
]);

/** 1 for each byte of a name: those of a token (RFC 9110 section 5.6.2) without capitals (RFC 9113 section 8.2). */
const nameByte = new Uint8Array(256);
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") nameByte[char.charCodeAt(0)] = 1;

/** A header field of a request, one character a byte. */
export class Field {
  readonly name: string;
  readonly value: string;
  readonly kind: number;
  /** Name and value are such that they may be passed on (RFC 9113 section 8.2.1). */
  readonly isSound: boolean;
  #line: string | undefined = undefined;

  constructor(name: string, value: string, kind: number, isSound: boolean) {
    this.name = name;
    this.value = value;
    this.kind = kind;
    this.isSound = isSound;
  }

  /** Bytes that a table counts for it (RFC 7541 section 4.1). */
  get size(): number {
    return this.name.length + this.value.length + 32;
  }

  /** The field as HTTP/1 has it, ending in CRLF. */
  get line(): string {
    return (this.#line ??= `${this.name}: ${this.value}\r\n`);
  }
}

/** Makes a field of a name that is new. */
export function createField(name: string, value: string): Field {
  return new Field(name, value, kindOf(name), isSoundName(name) && isSoundValue(value));
}

/** Makes a field with the name of another. */
export function fieldLike(like: Field, value: string): Field {
  return new Field(like.name, value, like.kind, isSoundValue(value) && isSoundName(like.name));
}

function kindOf(name: string): number {
  const kind = kinds.get(name);
  if (kind !== undefined) return kind;
  return name.charCodeAt(0) === 0x3a ? FieldKind.unknownPseudo : FieldKind.other;
}

function isSoundName(name: string): boolean {
  const start = name.charCodeAt(0) === 0x3a ? 1 : 0;
  if (name.length === start) return false;
  for (let at = start; at < name.length; at += 1) if (nameByte[name.charCodeAt(at) & 0xff] === 0) return false;
  return true;
}

/** No control characters but tab, as in HTTP/1, where the value goes; no blank at either end. */
function isSoundValue(value: string): boolean {
  const { length } = value;
  if (length === 0) return true;
  for (let at = 0; at < length; at += 1) {
    const code = value.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false;
  }
  return !isBlank(value.charCodeAt(0)) && !isBlank(value.charCodeAt(length - 1));
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
