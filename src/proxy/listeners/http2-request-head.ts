import { randomBytes } from 'node:crypto';
import { type HeadLimits, RequestHead } from '../../http1/index.ts';
import { type Field, FieldKind, type FieldVisitor } from '../../http2/index.ts';

/** What a header block came to. */
export type BlockVerdict =
  /** A request. */
  | 'request'
  /** RFC 9113 section 8.1.1: the stream is reset with PROTOCOL_ERROR. */
  | 'malformed'
  /** A request that is answered with 400, 414, 494 or 501 and nothing else. */
  | 'bad'
  | 'unknownProtocol'
  | 'tooLong'
  | 'tooLarge';

/** 1 for each byte that may stand in a request target: visible ASCII and 0x80 to 0xFF, as in HTTP/1. */
const targetByte = new Uint8Array(256);
for (let byte = 0x21; byte < 0x100; byte += 1) targetByte[byte] = byte === 0x7f ? 0 : 1;

const maxMethod = 32;

/** Puts together a {@link RequestHead} from the fields of a header block, and holds them to RFC 9113 sections 8.2 and 8.3. */
export class RequestHeadBuilder implements FieldVisitor {
  readonly #limits: HeadLimits;
  #head = new RequestHead();
  #block = '\n';
  #untouched = '';
  #isMalformed = false;
  #isTooLarge = false;
  #sawRegular = false;
  #lines = 0;
  #total = 0;
  #method: string | undefined;
  #scheme: string | undefined;
  #path: string | undefined;
  #authority: string | undefined;
  #protocol: string | undefined;
  #host: string | undefined;
  #cookies = '';

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  onField(field: Field): void {
    if (!field.isSound) this.#isMalformed = true;
    const { kind } = field;
    if (kind !== FieldKind.other && kind <= FieldKind.unknownPseudo) {
      this.#onPseudo(field);
      return;
    }
    this.#sawRegular = true;
    const { name, value } = field;
    const length = name.length + value.length + 4;
    const limits = this.#limits;
    this.#lines += 1;
    this.#total += length;
    // The rest of the block still has to be decoded, for the sake of the table, but nothing more is kept.
    if (length > limits.line || this.#total > limits.total || this.#lines > limits.count) this.#isTooLarge = true;
    if (this.#isTooLarge || this.#isMalformed) return;
    if (kind === FieldKind.other) {
      const { line } = field;
      this.#block += line;
      this.#untouched += line;
      return;
    }
    this.#onKnown(field);
  }

  #onPseudo({ kind, value }: Field): void {
    // RFC 9113 section 8.3: before all other fields, and each once.
    if (this.#sawRegular) this.#isMalformed = true;
    switch (kind) {
      case FieldKind.method:
        if (this.#method !== undefined) this.#isMalformed = true;
        this.#method = value;
        return;
      case FieldKind.scheme:
        if (this.#scheme !== undefined) this.#isMalformed = true;
        this.#scheme = value;
        return;
      case FieldKind.path:
        if (this.#path !== undefined) this.#isMalformed = true;
        this.#path = value;
        return;
      case FieldKind.authority:
        if (this.#authority !== undefined) this.#isMalformed = true;
        this.#authority = value;
        return;
      case FieldKind.protocol:
        if (this.#protocol !== undefined) this.#isMalformed = true;
        this.#protocol = value;
        return;
      default:
        this.#isMalformed = true;
    }
  }

  #onKnown(field: Field): void {
    const head = this.#head;
    const { kind, value } = field;
    switch (kind) {
      case FieldKind.connectionSpecific:
        this.#isMalformed = true;
        return;
      case FieldKind.host:
        if (this.#host !== undefined) this.#isMalformed = true;
        this.#host = value;
        return;
      case FieldKind.cookie:
        // RFC 9113 section 8.2.3: the crumbs become one line again.
        this.#cookies = this.#cookies === '' ? value : `${this.#cookies}; ${value}`;
        return;
      case FieldKind.contentLength: {
        const length = /^\d{1,15}$/.test(value) ? Number(value) : -1;
        if (length < 0 || head.contentLength !== -1) this.#isMalformed = true;
        head.contentLength = length;
        break;
      }
      case FieldKind.te:
        if (value.toLowerCase() !== 'trailers') this.#isMalformed = true;
        head.teTrailers = true;
        break;
      case FieldKind.expect:
        if (value.toLowerCase() === '100-continue') head.expectContinue = true;
        break;
      case FieldKind.via:
        head.via = head.via === undefined ? value : `${head.via}, ${value}`;
        break;
      case FieldKind.forwardedFor:
        head.forwardedFor = head.forwardedFor === undefined ? value : `${head.forwardedFor}, ${value}`;
        break;
      case FieldKind.forwardedProto:
        head.forwardedProto ??= value;
        break;
      case FieldKind.forwardedHost:
        head.forwardedHost ??= value;
        break;
      case FieldKind.forwardedPort:
        head.forwardedPort ??= value;
        break;
      case FieldKind.forwardedPath:
        head.forwardedPath ??= value;
        break;
      case FieldKind.forwardedPrefix:
        head.forwardedPrefix ??= value;
        break;
      case FieldKind.realIp:
        head.realIp ??= value;
        break;
      default:
    }
    this.#block += field.line;
  }

  /** Ends the block; `size` is what it took on the wire. The builder is ready for the next one afterwards. */
  finish(size: number): { readonly verdict: BlockVerdict; readonly head: RequestHead } {
    const head = this.#head;
    const verdict = this.#judge(head);
    head.size = size;
    if (verdict === 'request') {
      if (this.#cookies !== '') {
        const line = `cookie: ${this.#cookies}\r\n`;
        this.#block += line;
        this.#untouched += line;
      }
      head.block = this.#block;
      head.untouched = this.#untouched;
    } else if (verdict !== 'malformed') {
      // What is only refused is not shown to anyone: without a size it has no request line in the access log.
      head.size = 0;
      head.method = 'GET';
      head.target = '/';
      head.block = '\n';
      head.contentLength = -1;
    }
    this.#reset();
    return { verdict, head };
  }

  #judge(head: RequestHead): BlockVerdict {
    const method = this.#method;
    const path = this.#path;
    const authority = this.#authority;
    const host = this.#host;
    if (this.#isMalformed || method === undefined || !isMethod(method)) return 'malformed';
    head.method = method;
    const protocol = this.#protocol;
    // RFC 8441 section 4: with CONNECT alone.
    if (protocol !== undefined && (method !== 'CONNECT' || head.contentLength !== -1)) return 'malformed';
    if (method === 'CONNECT' && protocol === undefined) {
      // RFC 9113 section 8.5: the authority alone.
      if (this.#scheme !== undefined || path !== undefined || authority === undefined) return 'malformed';
      head.target = authority;
    } else {
      const scheme = this.#scheme;
      if (scheme === undefined || !/^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme)) return 'malformed';
      if (path === undefined || path === '' || !isTarget(path)) return 'malformed';
      head.target = path;
    }
    if (head.target.length + method.length + 10 > this.#limits.requestLine) return 'tooLong';
    if (this.#isTooLarge) return 'tooLarge';
    // RFC 9113 section 8.3.1: both may be there, but must not differ.
    if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase()) {
      return 'malformed';
    }
    const named = authority ?? host;
    if (named === undefined || named === '' || !isTarget(named)) return 'bad';
    // RFC 9113 section 8.3.1: no user information for http and https.
    if (named.includes('@')) return 'malformed';
    if (named.length > this.#limits.line) return 'tooLarge';
    head.host = named;
    if (protocol !== undefined) {
      if (protocol !== 'websocket') return 'unknownProtocol';
      this.#askForWebSocket(head);
    }
    this.#block = `\nhost: ${named}\r\n${this.#block.substring(1)}`;
    return 'request';
  }

  /** Makes of an extended CONNECT what HTTP/1 would have asked for; the key is ours, as HTTP/2 has none (RFC 8441 section 5). */
  #askForWebSocket(head: RequestHead): void {
    head.method = 'GET';
    head.upgrade = 'websocket';
    head.connectionUpgrade = true;
    const line = `sec-websocket-key: ${randomBytes(16).toString('base64')}\r\n`;
    this.#block += line;
    this.#untouched += line;
  }

  #reset(): void {
    this.#head = new RequestHead();
    this.#block = '\n';
    this.#untouched = '';
    this.#isMalformed = false;
    this.#isTooLarge = false;
    this.#sawRegular = false;
    this.#lines = 0;
    this.#total = 0;
    this.#method = undefined;
    this.#scheme = undefined;
    this.#path = undefined;
    this.#authority = undefined;
    this.#protocol = undefined;
    this.#host = undefined;
    this.#cookies = '';
  }
}

function isMethod(method: string): boolean {
  if (method === 'GET' || method === 'POST') return true;
  return method.length <= maxMethod && /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method);
}

function isTarget(target: string): boolean {
  for (let at = 0; at < target.length; at += 1) if (targetByte[target.charCodeAt(at) & 0xff] === 0) return false;
  return true;
}
