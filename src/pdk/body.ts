import { defaultMaxArgs, encodeArgs, parseArgs } from './args.ts';
import { checkArgs, pdkError } from './checks.ts';
import type { ParsedBody } from './kong.ts';
import { boundaryOf, encodeMultipart, parseMultipart } from './multipart.ts';
import { bytesOf, textOfLatin1 } from './text.ts';

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const multipart = 'multipart/form-data';

/** True when `contentType` is one that {@link parseBody} reads; ask before reading the body. */
export function isParsable(contentType: string | undefined): boolean {
  return kindOf(contentType ?? '') !== undefined;
}

/**
 * Parses a body by its content type: a form, JSON that is an object or an array, or a multipart form. `body` is bytes
 * read as Latin-1. The errors are Kong's texts.
 */
export function parseBody(contentType: string | undefined, body: string, maxArgs: number = defaultMaxArgs): ParsedBody {
  if (contentType === undefined) return { ok: false, error: 'missing content type' };
  switch (kindOf(contentType)) {
    case form:
      return { ok: true, body: parseArgs(body, maxArgs), mimetype: form };
    case json:
      return parseJson(body);
    case multipart: {
      const boundary = boundaryOf(contentType);
      if (boundary === undefined) return { ok: false, error: 'unable to decode multipart body' };
      return { ok: true, body: parseMultipart(body, boundary), mimetype: multipart };
    }
    default:
      return { ok: false, error: `unsupported content type '${contentType}'` };
  }
}

function kindOf(contentType: string): string | undefined {
  const semicolon = contentType.indexOf(';');
  const essence = (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).toLowerCase();
  return [form, json, multipart].find((kind) => essence.startsWith(kind));
}

function parseJson(body: string): ParsedBody {
  try {
    const value: unknown = JSON.parse(textOfLatin1(body));
    if (typeof value === 'object' && value !== null) {
      return { ok: true, body: value as { [field: string]: unknown }, mimetype: json };
    }
  } catch {
    // The parser's own words are of no use to a client; Kong has one text for all cases.
  }
  return { ok: false, error: 'invalid json body' };
}

/** A body made from arguments, and the content type to announce it with. */
export interface EncodedBody {
  readonly body: Uint8Array;
  readonly contentType: string;
}

/**
 * Writes `args` as the body of a content type: a form with sorted arguments, JSON, or a multipart form.
 * @throws GibbonError `ERR_PDK_USE` for another content type, or for values that it cannot carry.
 */
export function encodeBody(args: { readonly [name: string]: unknown }, contentType: string): EncodedBody {
  checkArgs(args);
  const semicolon = contentType.indexOf(';');
  switch (semicolon === -1 ? contentType : contentType.slice(0, semicolon)) {
    case form:
      return { body: bytesOf(encodeArgs(args)), contentType };
    case json:
      return { body: bytesOf(JSON.stringify(args)), contentType };
    case multipart:
      return encodeMultipart(args, contentType);
    default:
      throw pdkError(`unsupported content type ${contentType}`);
  }
}
