/** What the first bytes of a connection are: the beginning of a ClientHello, a whole one, or something else. */
export type HelloReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'hello'; readonly serverName: string | undefined }
  | { readonly kind: 'other' };

const incomplete: HelloReading = Object.freeze({ kind: 'incomplete' });
const other: HelloReading = Object.freeze({ kind: 'other' });

/** Bytes that a ClientHello may have before it is no longer waited for. */
export const maxHelloBytes = 16_384;

const handshakeRecord = 22;
const clientHello = 1;
const serverNameExtension = 0;
const hostName = 0;

/**
 * Looks for the server name in a ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3), which may come in several
 * records. What is not one is for OpenSSL to refuse.
 */
export function readClientHello(bytes: Buffer): HelloReading {
  let message: Buffer = Buffer.alloc(0);
  let needed = 4;
  for (let at = 0; message.length < needed; ) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return other;
    if (bytes.length < at + 5) return bytes.length > maxHelloBytes ? other : incomplete;
    if (bytes[at + 1] !== 3) return other;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0 || length > 16_384 + 256) return other;
    const part = bytes.subarray(at + 5, at + 5 + length);
    message = message.length === 0 ? part : Buffer.concat([message, part]);
    if (message.length >= 4) {
      if (message[0] !== clientHello) return other;
      needed = 4 + message.readUIntBE(1, 3);
      if (needed > maxHelloBytes) return other;
    }
    if (part.length < length && message.length < needed) return incomplete;
    at += 5 + length;
  }
  try {
    return { kind: 'hello', serverName: serverNameOf(new Reader(message.subarray(4, needed))) };
  } catch {
    return other;
  }
}

function serverNameOf(hello: Reader): string | undefined {
  hello.take(2 + 32);
  hello.vector(1);
  hello.vector(2);
  hello.vector(1);
  if (hello.isAtEnd) return undefined;
  const extensions = hello.vector(2);
  while (!extensions.isAtEnd) {
    const type = extensions.number(2);
    const content = extensions.vector(2);
    if (type !== serverNameExtension) continue;
    const names = content.vector(2);
    while (!names.isAtEnd) {
      const kind = names.number(1);
      const name = names.vector(2);
      if (kind === hostName) return name.rest().toString('latin1');
    }
  }
  return undefined;
}

/** Reads numbers and vectors of TLS's presentation language; going past the end throws a RangeError. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('the message ends too early');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  vector(size: number): Reader {
    return new Reader(this.take(this.number(size)));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }
}
