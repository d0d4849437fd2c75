import { type Argument, maxArguments } from './pairs.ts';

/**
 * Reads the fields of a multipart/form-data body (RFC 7578) in order; a part without a name is left out. Undefined when
 * there are more than {@link maxArguments}. A body that is no multipart has no fields.
 */
export function parseMultipart(body: Buffer, contentType: string): readonly Argument[] | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return [];
  const delimiter = Buffer.from(`--${boundary}`);
  const pairs: Argument[] = [];
  let at = body.indexOf(delimiter);
  while (at !== -1) {
    const start = at + delimiter.length;
    // Two hyphens behind the boundary end the body.
    if (body[start] === 0x2d && body[start + 1] === 0x2d) break;
    const next = body.indexOf(delimiter, start);
    if (next === -1) break;
    const field = parsePart(body.subarray(start, next));
    if (field !== undefined) {
      if (pairs.length === maxArguments) return undefined;
      pairs.push(field);
    }
    at = next;
  }
  return pairs;
}

function boundaryOf(contentType: string): string | undefined {
  const found = /;\s*boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(contentType);
  return found?.[1] ?? found?.[2];
}

/** A part between two boundaries: line break, head, empty line, content, line break. */
function parsePart(part: Buffer): Argument | undefined {
  const headEnd = part.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const head = part.toString('utf8', 0, headEnd);
  const line = head.split('\r\n').find((candidate) => /^content-disposition:/i.test(candidate));
  const name = line === undefined ? undefined : parameter(line, 'name');
  if (name === undefined) return undefined;
  const end = part.subarray(-2).toString() === '\r\n' ? part.length - 2 : part.length;
  return [name, part.toString('utf8', headEnd + 4, end)];
}

function parameter(line: string, wanted: string): string | undefined {
  for (const piece of line.split(';').slice(1)) {
    const equals = piece.indexOf('=');
    if (equals === -1 || piece.slice(0, equals).trim().toLowerCase() !== wanted) continue;
    const value = piece.slice(equals + 1).trim();
    return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
  }
  return undefined;
}
