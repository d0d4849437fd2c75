import { type Field, FieldKind } from './field.ts';
import type { FieldVisitor } from './hpack-decoder.ts';

/** Bytes that the lines of trailers may have. */
const limit = 65_536;

/** Takes trailers, as lines that each end in CRLF, and holds them to RFC 9113 section 8.1. */
export class TrailerFields implements FieldVisitor {
  isMalformed = false;
  lines = '';

  onField({ name, line, kind, isSound }: Field): void {
    if (!isSound || name.charCodeAt(0) === 0x3a || kind === FieldKind.connectionSpecific) this.isMalformed = true;
    // RFC 9110 section 6.5.1: framing belongs into the head alone.
    if (this.isMalformed || kind === FieldKind.contentLength || kind === FieldKind.host) return;
    this.lines += line;
    if (this.lines.length > limit) this.isMalformed = true;
  }
}
