import { fieldByte, isHost, targetByte, tokenLower } from './chars.ts';
import { ConnectionBit, readConnection } from './connection-options.ts';
import { hashStart, Known, knownHeader } from './known-headers.ts';
import { latin1 } from './latin1.ts';
import { HeadFault, type HeadLimits } from './limits.ts';
import { LineCuts } from './line-cuts.ts';
import { isChunkedOnly, parseLength } from './values.ts';

/** The head of a request: what the engine acts upon, and all header lines as they came. */
export class RequestHead {
  method = '';
  target = '';
  /** 0 for HTTP/1.0, 1 for HTTP/1.1 and up. */
  minor = 1;
  /** Header lines as they came, each ending in CRLF, behind one LF so that every name follows an LF. */
  block = '';
  /** 64 bits, one set for each name by its hash, all of them until a parser has looked: see {@link mayHold}. */
  namesLow = -1;
  namesHigh = -1;
  /** The lines of {@link RequestHead.block} that no rule of forwarding touches, each ending in CRLF. */
  untouched = '';
  host: string | undefined = undefined;
  /** Bytes of the body, -1 when there was no Content-Length. */
  contentLength = -1;
  chunked = false;
  /** The connection may carry another request afterwards. */
  keepAlive = true;
  /** `Connection` names `upgrade`. */
  connectionUpgrade = false;
  upgrade: string | undefined = undefined;
  expectContinue = false;
  teTrailers = false;
  /** Names in `Connection` beyond close, keep-alive and upgrade, in lower case: hop-by-hop by nomination. */
  nominated: string[] | undefined = undefined;
  via: string | undefined = undefined;
  forwardedFor: string | undefined = undefined;
  forwardedProto: string | undefined = undefined;
  forwardedHost: string | undefined = undefined;
  forwardedPort: string | undefined = undefined;
  forwardedPath: string | undefined = undefined;
  forwardedPrefix: string | undefined = undefined;
  realIp: string | undefined = undefined;
  /** Bytes of the head as it came, with the empty line. */
  size = 0;
}

const cuts = new LineCuts();

/**
 * Parses the head of a request (RFC 9112 sections 2 to 5) at `start`. Returns the offset behind the empty line, 0 when
 * bytes are missing, or a negated {@link HeadFault}. Nothing lenient: bare LF or CR, folded lines, white space before the
 * colon, NUL, repeated Host, Content-Length or Transfer-Encoding, and Content-Length beside Transfer-Encoding are refused.
 */
export function parseRequestHead(
  bytes: Buffer,
  start: number,
  end: number,
  head: RequestHead,
  limits: HeadLimits,
): number {
  let at = start;
  // RFC 9112 section 2.2: an empty line before the request line is ignored.
  while (at + 1 < end && bytes[at] === 0x0d && bytes[at + 1] === 0x0a && at - start < 8) at += 2;
  if (at + 1 === end && bytes[at] === 0x0d && at - start < 8) return 0;
  const lineStart = at;

  let byte = 0;
  while (at < end && tokenLower[(byte = bytes[at]!)] !== 0) at += 1;
  const methodEnd = at;
  if (at >= end) return tooLongOrMore(end - lineStart, limits.requestLine, HeadFault.uriTooLong);
  if (byte !== 0x20 || at === lineStart || at - lineStart > 32) return -HeadFault.malformed;
  at += 1;
  const targetStart = at;
  while (at < end && targetByte[bytes[at]!] !== 0) at += 1;
  const targetEnd = at;
  if (at - lineStart > limits.requestLine) return -HeadFault.uriTooLong;
  if (at >= end) return 0;
  if (bytes[at] !== 0x20 || targetEnd === targetStart) return -HeadFault.malformed;
  at += 1;
  if (end - at < 10) return isPrefixOfVersion(bytes, at, end) ? 0 : -HeadFault.malformed;
  // "HTTP/" DIGIT "." DIGIT CRLF
  if (
    bytes[at] !== 0x48 ||
    bytes[at + 1] !== 0x54 ||
    bytes[at + 2] !== 0x54 ||
    bytes[at + 3] !== 0x50 ||
    bytes[at + 4] !== 0x2f ||
    bytes[at + 6] !== 0x2e ||
    bytes[at + 8] !== 0x0d ||
    bytes[at + 9] !== 0x0a
  ) {
    return -HeadFault.malformed;
  }
  const major = bytes[at + 5]! - 0x30;
  const minor = bytes[at + 7]! - 0x30;
  if (major < 0 || major > 9 || minor < 0 || minor > 9) return -HeadFault.malformed;
  if (major !== 1) return -HeadFault.versionUnknown;
  at += 10;

  const blockStart = at - 1;
  const headersStart = at;
  cuts.clear();
  let namesLow = 0;
  let namesHigh = 0;
  let lines = 0;
  let hosts = 0;
  let lengths = 0;
  let codings = 0;
  let sawExpect = false;
  let fault = 0;
  let connection = 0;

  for (;;) {
    if (at >= end) return tooLongOrMore(at - headersStart, limits.total, HeadFault.headerTooLarge);
    if (bytes[at] === 0x0d) {
      if (at + 1 >= end) return 0;
      if (bytes[at + 1] !== 0x0a) return -HeadFault.malformed;
      break;
    }
    const nameStart = at;
    let hash = hashStart;
    let lower = 0;
    while (at < end && (lower = tokenLower[bytes[at]!]!) !== 0) {
      hash = (Math.imul(hash, 33) ^ lower) | 0;
      at += 1;
    }
    if (at >= end) return lineTooLongOrMore(at, nameStart, headersStart, limits);
    // Also refuses a line that begins with a space (obs-fold) and a space before the colon.
    if (bytes[at] !== 0x3a || at === nameStart) return -HeadFault.malformed;
    const nameEnd = at;
    if ((hash & 32) === 0) namesLow |= 1 << (hash & 31);
    else namesHigh |= 1 << (hash & 31);
    at += 1;
    while (at < end && fieldByte[bytes[at]!] !== 0) at += 1;
    if (at + 1 >= end) return lineTooLongOrMore(at, nameStart, headersStart, limits);
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) return -HeadFault.malformed;
    if (at - nameStart > limits.line || at - headersStart > limits.total) return -HeadFault.headerTooLarge;
    const lineEnd = at + 2;
    lines += 1;
    if (lines > limits.count) return -HeadFault.headerTooLarge;

    const known = knownHeader(bytes, nameStart, nameEnd, hash);
    if (known !== 0 && known <= Known.xKongRequestId) {
      let valueStart = nameEnd + 1;
      let valueEnd = at;
      while (valueStart < valueEnd && isBlank(bytes[valueStart]!)) valueStart += 1;
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd -= 1;
      switch (known) {
        case Known.contentLength: {
          lengths += 1;
          const length = parseLength(bytes, valueStart, valueEnd);
          if (length < 0 || lengths > 1) fault = HeadFault.malformed;
          else head.contentLength = length;
          break;
        }
        case Known.transferEncoding:
          codings += 1;
          if (codings > 1) fault = HeadFault.malformed;
          else if (isChunkedOnly(bytes, valueStart, valueEnd)) head.chunked = true;
          else if (fault === 0) fault = HeadFault.codingUnknown;
          break;
        case Known.xKongRequestId:
          break;
        case Known.connection:
          connection |= readConnection(bytes, valueStart, valueEnd, head);
          break;
        default: {
          const value = latin1(bytes, valueStart, valueEnd);
          switch (known) {
            case Known.host:
              hosts += 1;
              // As nginx does, an empty host or one with odd bytes is refused: it ends up in redirects and forwarded headers.
              if (!isHost(value)) fault = HeadFault.malformed;
              head.host = value;
              break;
            case Known.te:
              head.teTrailers = value.toLowerCase().includes('trailers');
              break;
            case Known.upgrade:
              head.upgrade = value;
              break;
            case Known.expect:
              sawExpect = true;
              if (value.toLowerCase() === '100-continue') head.expectContinue = true;
              break;
            case Known.via:
              head.via = head.via === undefined ? value : `${head.via}, ${value}`;
              break;
            case Known.xForwardedFor:
              head.forwardedFor = head.forwardedFor === undefined ? value : `${head.forwardedFor}, ${value}`;
              break;
            case Known.xForwardedProto:
              head.forwardedProto ??= value;
              break;
            case Known.xForwardedHost:
              head.forwardedHost ??= value;
              break;
            case Known.xForwardedPort:
              head.forwardedPort ??= value;
              break;
            case Known.xForwardedPath:
              head.forwardedPath ??= value;
              break;
            case Known.xForwardedPrefix:
              head.forwardedPrefix ??= value;
              break;
            case Known.xRealIp:
              head.realIp ??= value;
              break;
          }
        }
      }
      cuts.add(nameStart, lineEnd);
    }
    at = lineEnd;
  }

  if (fault !== 0) return -fault;
  // RFC 9112 section 6.1: both framings at once is an attempt to smuggle; HTTP/1.0 knows no chunks.
  if (codings > 0 && (lengths > 0 || minor === 0)) return -HeadFault.malformed;
  // RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
  if (hosts > 1 || (hosts === 0 && minor > 0)) return -HeadFault.malformed;
  if (minor === 0) head.expectContinue = false;
  const staysByDefault = minor > 0 || (connection & ConnectionBit.keepAlive) !== 0;
  head.keepAlive = staysByDefault && (connection & ConnectionBit.close) === 0;
  if (sawExpect && !head.expectContinue) head.expectContinue = false;

  head.method = methodName(bytes, lineStart, methodEnd);
  head.target = latin1(bytes, targetStart, targetEnd);
  head.minor = minor === 0 ? 0 : 1;
  const block = latin1(bytes, blockStart, at);
  head.block = block;
  head.namesLow = namesLow;
  head.namesHigh = namesHigh;
  head.untouched = cuts.others(block, blockStart);
  head.size = at + 2 - start;
  return at + 2;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function methodName(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 3 && bytes[start] === 0x47 && bytes[start + 1] === 0x45 && bytes[start + 2] === 0x54) return 'GET';
  if (
    length === 4 &&
    bytes[start] === 0x50 &&
    bytes[start + 1] === 0x4f &&
    bytes[start + 2] === 0x53 &&
    bytes[start + 3] === 0x54
  )
    return 'POST';
  return latin1(bytes, start, end);
}

function tooLongOrMore(length: number, limit: number, fault: number): number {
  return length > limit ? -fault : 0;
}

function lineTooLongOrMore(at: number, lineStart: number, headersStart: number, limits: HeadLimits): number {
  return at - lineStart > limits.line || at - headersStart > limits.total ? -HeadFault.headerTooLarge : 0;
}

const versionText = 'HTTP/1.1\r\n';

function isPrefixOfVersion(bytes: Buffer, at: number, end: number): boolean {
  for (let index = 0; at + index < end; index += 1) {
    const byte = bytes[at + index]!;
    const digit = index === 5 || index === 7;
    if (digit ? byte < 0x30 || byte > 0x39 : byte !== versionText.charCodeAt(index)) return false;
  }
  return true;
}
