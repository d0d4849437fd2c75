import { randomInt } from 'node:crypto';
import { luaType, pdkError } from './checks.ts';
import { bytesOf, latin1OfText, textOfLatin1, textOrBytesOfLatin1 } from './text.ts';

/** What a part of a multipart form holds: text, or bytes where they are no UTF-8; several for a repeated name. */
export type PartValue = string | Uint8Array | readonly (string | Uint8Array)[];

/** The boundary that a content type names, undefined when it names none. */
export function boundaryOf(contentType: string): string | undefined {
  const at = contentType.toLowerCase().indexOf('boundary=');
  if (at === -1) return undefined;
  const rest = contentType.slice(at + 'boundary='.length);
  if (rest.startsWith('"')) {
    const end = rest.indexOf('"', 1);
    return end === -1 ? undefined : rest.slice(1, end) || undefined;
  }
  const end = rest.indexOf(';');
  return (end === -1 ? rest : rest.slice(0, end)).trim() || undefined;
}

/**
 * Parses a multipart form (RFC 7578). `body` is bytes read as Latin-1. Parts without a name are left out; file names and
 * types of parts are not kept. The result has no prototype.
 */
export function parseMultipart(body: string, boundary: string): { readonly [name: string]: PartValue } {
  const parts: Record<string, PartValue> = Object.create(null);
  let at = delimiterAfter(body, boundary, 0);
  while (at !== undefined && !at.isLast) {
    const next = delimiterAfter(body, boundary, at.end);
    addPart(parts, body.slice(at.end, next?.start ?? body.length));
    at = next;
  }
  return parts;
}

interface Delimiter {
  /** Where the line break before the delimiter starts. */
  readonly start: number;
  /** Where the line after the delimiter starts. */
  readonly end: number;
  readonly isLast: boolean;
}

function delimiterAfter(body: string, boundary: string, from: number): Delimiter | undefined {
  const mark = `--${boundary}`;
  let at = body.indexOf(mark, from);
  while (at !== -1) {
    const after = at + mark.length;
    const isLast = body.startsWith('--', after);
    const lineEnd = body.indexOf('\n', after);
    const rest = body.slice(after, lineEnd === -1 ? body.length : lineEnd).trim();
    if ((at === from || body[at - 1] === '\n') && (isLast || rest === '')) {
      const start = at === from ? at : at - (body[at - 2] === '\r' ? 2 : 1);
      // An empty part's line break is the one that ended the delimiter before it.
      return { start: Math.max(start, from), end: lineEnd === -1 ? body.length : lineEnd + 1, isLast };
    }
    at = body.indexOf(mark, after);
  }
  return undefined;
}

function addPart(parts: Record<string, PartValue>, part: string): void {
  const { head, content } = splitPart(part);
  const name = partName(head);
  if (name === undefined) return;
  const value = textOrBytesOfLatin1(content);
  const known = parts[name];
  if (known === undefined) parts[name] = value;
  else if (Array.isArray(known)) parts[name] = [...known, value];
  else parts[name] = [known as string | Uint8Array, value];
}

function splitPart(part: string): { readonly head: string; readonly content: string } {
  if (part.startsWith('\r\n')) return { head: '', content: part.slice(2) };
  const strict = part.indexOf('\r\n\r\n');
  if (strict !== -1) return { head: part.slice(0, strict), content: part.slice(strict + 4) };
  const loose = part.indexOf('\n\n');
  return loose === -1 ? { head: part, content: '' } : { head: part.slice(0, loose), content: part.slice(loose + 2) };
}

function partName(head: string): string | undefined {
  for (const line of head.split('\n')) {
    if (!line.toLowerCase().startsWith('content-disposition:')) continue;
    for (const parameter of line.split(';')) {
      const trimmed = parameter.trim();
      if (!trimmed.toLowerCase().startsWith('name=')) continue;
      const value = trimmed.slice('name='.length);
      const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
      return textOfLatin1(isQuoted ? value.slice(1, -1) : value);
    }
  }
  return undefined;
}

/**
 * Writes a multipart form, parts in the order of their names; the boundary is that of `mimetype` or a random number.
 * @throws GibbonError `ERR_PDK_USE` for a value that is neither text, bytes, number nor boolean.
 */
export function encodeMultipart(
  args: { readonly [name: string]: unknown },
  mimetype: string,
): { readonly body: Uint8Array; readonly contentType: string } {
  const parts = Object.entries(args)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => [quotable(latin1OfText(name)), partBytes(name, value)] as const);
  let boundary = boundaryOf(mimetype);
  while (boundary === undefined || parts.some(([, content]) => `\n${content}`.includes(`\n--${boundary}`))) {
    boundary = String(randomInt(10_000_000_000));
  }
  let body = '';
  for (const [name, content] of parts) {
    body += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
  }
  body += `--${boundary}--\r\n`;
  return { body: Buffer.from(body, 'latin1'), contentType: `multipart/form-data; boundary=${boundary}` };
}

function quotable(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function partBytes(name: string, value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw pdkError(`invalid value "${name}": got ${luaType(value)}, expected string, number or boolean`);
  }
  return Buffer.from(bytesOf(String(value))).toString('latin1');
}
