import { fieldByte, tokenLower } from './chars.ts';
import { ConnectionBit, readConnection } from './connection-options.ts';
import { hashStart, Known, knownHeader } from './known-headers.ts';
import { latin1 } from './latin1.ts';
import { HeadFault, type HeadLimits } from './limits.ts';
import { LineCuts } from './line-cuts.ts';
import { isChunkedOnly, parseLength } from './values.ts';

/** The head of a response as an upstream sent it. */
export class ResponseHead {
  status = 0;
  /** Status code and reason as they came, such as `200 OK`. */
  statusText = '';
  minor = 1;
  /** Header lines as they came, each ending in CRLF, behind one LF so that every name follows an LF. */
  block = '';
  /** 64 bits, one set for each name by its hash, all of them until a parser has looked: see {@link mayHold}. */
  namesLow = -1;
  namesHigh = -1;
  /** The lines of {@link ResponseHead.block} that no rule of forwarding touches, each ending in CRLF. */
  untouched = '';
  contentLength = -1;
  chunked = false;
  keepAlive = true;
  connectionUpgrade = false;
  upgrade: string | undefined = undefined;
  trailer: string | undefined = undefined;
  via: string | undefined = undefined;
  hasServer = false;
  hasDate = false;
  nominated: string[] | undefined = undefined;
  /** Seconds of `Keep-Alive: timeout=n`, -1 when the upstream did not say. */
  keepAliveTimeout = -1;
}

const cuts = new LineCuts();

/**
 * Parses the head of a response (RFC 9112 section 4) at `start`. Returns the offset behind the empty line, 0 when bytes are
 * missing, or a negated {@link HeadFault}. As strict as the parser of requests: what is doubtful is a bad gateway.
 */
export function parseResponseHead(
  bytes: Buffer,
  start: number,
  end: number,
  head: ResponseHead,
  limits: HeadLimits,
): number {
  if (end - start < 13) return plausible(bytes, start, end) ? 0 : -HeadFault.malformed;
  // "HTTP/" DIGIT "." DIGIT SP 3DIGIT [SP reason] CRLF
  if (
    bytes[start] !== 0x48 ||
    bytes[start + 1] !== 0x54 ||
    bytes[start + 2] !== 0x54 ||
    bytes[start + 3] !== 0x50 ||
    bytes[start + 4] !== 0x2f ||
    bytes[start + 5] !== 0x31 ||
    bytes[start + 6] !== 0x2e ||
    bytes[start + 8] !== 0x20
  ) {
    return -HeadFault.malformed;
  }
  const minor = bytes[start + 7]! - 0x30;
  const hundreds = bytes[start + 9]! - 0x30;
  const tens = bytes[start + 10]! - 0x30;
  const ones = bytes[start + 11]! - 0x30;
  if (minor < 0 || minor > 9 || hundreds < 1 || hundreds > 9 || tens < 0 || tens > 9 || ones < 0 || ones > 9) {
    return -HeadFault.malformed;
  }
  let at = start + 12;
  if (bytes[at] !== 0x20 && bytes[at] !== 0x0d) return -HeadFault.malformed;
  while (at < end && fieldByte[bytes[at]!] !== 0) at += 1;
  if (at - start > limits.line) return -HeadFault.headerTooLarge;
  if (at + 1 >= end) return 0;
  if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) return -HeadFault.malformed;
  const statusEnd = at;
  at += 2;

  const blockStart = at - 1;
  cuts.clear();
  let namesLow = 0;
  let namesHigh = 0;
  let lines = 0;
  let lengths = 0;
  let codings = 0;
  let fault = 0;
  let connection = 0;

  for (;;) {
    if (at >= end) return at - blockStart > limits.total ? -HeadFault.headerTooLarge : 0;
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
    if (at >= end) return at - blockStart > limits.total ? -HeadFault.headerTooLarge : 0;
    if (bytes[at] !== 0x3a || at === nameStart) return -HeadFault.malformed;
    const nameEnd = at;
    if ((hash & 32) === 0) namesLow |= 1 << (hash & 31);
    else namesHigh |= 1 << (hash & 31);
    at += 1;
    while (at < end && fieldByte[bytes[at]!] !== 0) at += 1;
    if (at + 1 >= end) return at - blockStart > limits.total ? -HeadFault.headerTooLarge : 0;
    if (bytes[at] !== 0x0d || bytes[at + 1] !== 0x0a) return -HeadFault.malformed;
    if (at - blockStart > limits.total) return -HeadFault.headerTooLarge;
    const lineEnd = at + 2;
    lines += 1;
    if (lines > limits.count) return -HeadFault.headerTooLarge;

    const known = knownHeader(bytes, nameStart, nameEnd, hash);
    if (known !== 0) {
      let valueStart = nameEnd + 1;
      let valueEnd = at;
      while (valueStart < valueEnd && isBlank(bytes[valueStart]!)) valueStart += 1;
      while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1]!)) valueEnd -= 1;
      let drop = true;
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
          else fault = HeadFault.codingUnknown;
          break;
        case Known.connection:
          connection |= readConnection(bytes, valueStart, valueEnd, head);
          break;
        case Known.keepAlive:
          head.keepAliveTimeout = announcedTimeout(latin1(bytes, valueStart, valueEnd));
          break;
        case Known.upgrade:
          head.upgrade = latin1(bytes, valueStart, valueEnd);
          break;
        case Known.trailer:
          head.trailer = latin1(bytes, valueStart, valueEnd);
          break;
        case Known.via: {
          const via = latin1(bytes, valueStart, valueEnd);
          head.via = head.via === undefined ? via : `${head.via}, ${via}`;
          break;
        }
        case Known.server:
          head.hasServer = true;
          drop = false;
          break;
        case Known.date:
          head.hasDate = true;
          drop = false;
          break;
        case Known.proxyConnection:
          break;
        default:
          drop = false;
      }
      if (drop) {
        cuts.add(nameStart, lineEnd);
      }
    }
    at = lineEnd;
  }

  if (fault !== 0) return -fault;
  if (codings > 0 && lengths > 0) return -HeadFault.malformed;

  head.status = hundreds * 100 + tens * 10 + ones;
  // RFC 9112 section 4: the blank behind the code stands even where there is no reason.
  head.statusText = statusEnd === start + 12 ? `${head.status} ` : latin1(bytes, start + 9, statusEnd);
  head.minor = minor === 0 ? 0 : 1;
  const staysByDefault = minor > 0 || (connection & ConnectionBit.keepAlive) !== 0;
  head.keepAlive = staysByDefault && (connection & ConnectionBit.close) === 0;
  // RFC 9112 section 6.1: HTTP/1.0 knows no chunks, so what comes behind them cannot be relied upon.
  if (minor === 0 && codings > 0) head.keepAlive = false;
  const block = latin1(bytes, blockStart, at);
  head.block = block;
  head.namesLow = namesLow;
  head.namesHigh = namesHigh;
  head.untouched = cuts.others(block, blockStart);
  return at + 2;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}

function announcedTimeout(value: string): number {
  const found = /(?:^|[,\s])timeout=(\d{1,9})(?:$|[,\s])/i.exec(value);
  return found === null ? -1 : Number(found[1]);
}

const opening = 'HTTP/1.';

function plausible(bytes: Buffer, start: number, end: number): boolean {
  for (let index = 0; index < opening.length && start + index < end; index += 1) {
    if (bytes[start + index] !== opening.charCodeAt(index)) return false;
  }
  return true;
}
