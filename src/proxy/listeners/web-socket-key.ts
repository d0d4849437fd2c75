import { createHash } from 'node:crypto';

const asked = /^sec-websocket-key: (.+)$/im;
const accepted = /^sec-websocket-accept:[ \t]*(.+?)[ \t]*\r\n/im;

/**
 * The header lines of an upstream's 101 as HTTP/2 has them, without its proof that it speaks WebSocket; undefined when that is
 * no answer to the key in `requestLines` (RFC 6455 section 4.1).
 */
export function provenLines(requestLines: string, lines: string): string | undefined {
  const key = asked.exec(requestLines)?.[1]?.trimEnd();
  const proof = accepted.exec(lines)?.[1];
  if (key === undefined || proof === undefined) return undefined;
  const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return proof === expected ? lines.replace(accepted, '') : undefined;
}
