/** What the first bytes of a connection say by way of TLS. */
export type ClientHelloLook =
  /** The ClientHello is not whole yet. */
  | { readonly kind: 'more' }
  /** Not a TLS handshake. */
  | { readonly kind: 'foreign' }
  /** A ClientHello that breaks the rules of TLS, or our limits. */
  | { readonly kind: 'fault'; readonly detail: string }
  /** `serverName` is in lower case without a trailing dot; undefined when the client names none. */
  | { readonly kind: 'hello'; readonly serverName: string | undefined };

/** Bytes of all records and messages that are looked at; nginx looks at as many (`preread_buffer_size`). */
const maxBytes = 16_384;
/** How many records may carry less than a record's own head takes. */
const maxTinyRecords = 64;
const recordHead = 5;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;

const more: ClientHelloLook = Object.freeze({ kind: 'more' });
const foreign: ClientHelloLook = Object.freeze({ kind: 'foreign' });

/**
 * Reads the server name from a ClientHello (RFC 8446 sections 4.1.2 and 5.1, RFC 6066 section 3), which may be spread over
 * several records, without beginning a handshake. Strict: every length must fit to the byte.
 */
export function parseClientHello(bytes: Buffer): ClientHelloLook {
  const parts: Buffer[] = [];
  let gathered = 0;
  let wanted = 4;
  let isOpened = false;
  for (let at = 0, tiny = 0; gathered < wanted; ) {
    if (at >= maxBytes || tiny === maxTinyRecords) return faulty('it is too long');
    const record = recordAt(bytes, at);
    if (typeof record !== 'number') return at === 0 ? record : record === foreign ? faulty('a foreign record') : record;
    if (record < recordHead) tiny += 1;
    const end = at + recordHead + record;
    // What is there of the record is enough to refuse a wrong message early.
    const part = bytes.subarray(at + recordHead, Math.min(end, bytes.length));
    if (part.length > 0) parts.push(part);
    gathered += part.length;
    if (gathered >= 4 && !isOpened) {
      isOpened = true;
      const opening = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      if (opening[0] !== clientHello) return foreign;
      wanted = 4 + opening.readUIntBE(1, 3);
      if (wanted > maxBytes) return faulty('it is too long');
    }
    if (gathered >= wanted) break;
    if (end > bytes.length) return more;
    at = end;
  }
  const message = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  if (gathered > wanted) return faulty('bytes behind it in its record');
  return readBody(message.subarray(4, wanted));
}

/** The length of the record that begins at an offset. */
function recordAt(bytes: Buffer, at: number): number | ClientHelloLook {
  const left = bytes.length - at;
  if (left > 0 && bytes[at] !== handshakeRecord) return foreign;
  if (left > 1 && bytes[at + 1] !== 3) return foreign;
  if (left > 2 && bytes[at + 2]! > 4) return foreign;
  if (left < recordHead) return more;
  const length = bytes.readUInt16BE(at + 3);
  return length === 0 || length > 16_384 ? faulty(`a record of ${length} bytes`) : length;
}

function readBody(body: Buffer): ClientHelloLook {
  const reader = new Reader(body);
  reader.skip(2 + 32);
  reader.vector(1, 0, 32);
  const suites = reader.vector(2, 2, 65_534);
  reader.vector(1, 1, 255);
  if (reader.isBroken || suites.length % 2 !== 0) return faulty('wrong lengths');
  // Before TLS 1.2 a ClientHello could end here.
  if (reader.left === 0) return { kind: 'hello', serverName: undefined };
  const extensions = new Reader(reader.vector(2, 0, 65_535));
  if (reader.isBroken || reader.left !== 0) return faulty('wrong lengths');
  let name: Buffer | undefined;
  while (extensions.left > 0) {
    const type = extensions.number(2);
    const data = extensions.vector(2, 0, 65_535);
    if (extensions.isBroken) return faulty('wrong lengths of extensions');
    if (type !== serverNameExtension) continue;
    if (name !== undefined) return faulty('two server names');
    name = data;
  }
  return name === undefined ? { kind: 'hello', serverName: undefined } : readName(name);
}

function readName(extension: Buffer): ClientHelloLook {
  const outer = new Reader(extension);
  const list = new Reader(outer.vector(2, 1, 65_535));
  const type = list.number(1);
  const name = list.vector(2, 1, 255);
  if (outer.isBroken || list.isBroken || outer.left > 0 || list.left > 0 || type !== 0)
    return faulty('a wrong list of names');
  const text = name.toString('latin1');
  return /^[\w.-]+$/.test(text) && !text.startsWith('.')
    ? { kind: 'hello', serverName: text.toLowerCase().replace(/\.$/, '') }
    : faulty('a server name that is none');
}

function faulty(detail: string): ClientHelloLook {
  return { kind: 'fault', detail };
}

const nothing = Buffer.alloc(0);

/** Takes fields off the front; past the end, or out of bounds, it is broken and gives nothing any more. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;
  isBroken = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  skip(count: number): void {
    if (this.isBroken || this.left < count) this.isBroken = true;
    else this.#at += count;
  }

  number(size: number): number {
    const at = this.#at;
    this.skip(size);
    return this.isBroken ? 0 : this.#bytes.readUIntBE(at, size);
  }

  /** A run of bytes behind its length, which takes `size` bytes itself. */
  vector(size: number, least: number, most: number): Buffer {
    const length = this.number(size);
    const at = this.#at;
    if (length < least || length > most) this.isBroken = true;
    this.skip(length);
    return this.isBroken ? nothing : this.#bytes.subarray(at, at + length);
  }
}
