import type { Schema } from '../schema/index.ts';
import { buildArguments, type FormValue } from './arguments.ts';
import { type Answer, badRequest } from './endpoint.ts';
import { inferArguments } from './infer.ts';
import { parseMultipart } from './multipart.ts';
import { parsePairs } from './pairs.ts';

type Values = { readonly [name: string]: unknown };

/** What came in the body of a request. */
export interface Body {
  /** True for forms, whose values are texts without a type. */
  readonly isForm: boolean;
  /** The arguments as they were sent. */
  readonly values: Values;
}

/** No arguments. */
export const emptyBody: Body = { isForm: false, values: Object.freeze(Object.create(null) as Values) };

/** Nesting that no schema asks for, and that code working its way down could not bear (cjson's own limit). */
const maxDepth = 1000;

const cannotParse = badRequest('Cannot parse JSON body');
const tooManyArguments = badRequest('Too many arguments');
const unsupportedType: Answer = { status: 415 };

/** Reads a body by its content type; an answer when it cannot be read. */
export function readBody(raw: Buffer | undefined, contentType: string | undefined): Body | Answer {
  if (contentType === undefined) return raw === undefined || raw.length === 0 ? emptyBody : unsupportedType;
  const type = contentType.toLowerCase();
  if (type.startsWith('application/json')) return readJson(raw);
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return readForm(raw === undefined ? [] : parsePairs(raw.toString()));
  }
  if (type.startsWith('multipart/form-data')) {
    return readForm(raw === undefined ? [] : parseMultipart(raw, contentType));
  }
  return unsupportedType;
}

/** True when {@link readBody} gave an answer instead of a body. */
export function isAnswer(read: Body | Answer): read is Answer {
  return 'status' in read;
}

/** The arguments with the types of a schema; see {@link inferArguments} for `hint`. JSON is taken as it is. */
export function givenTo(schema: Schema, body: Body, hint?: Values): { [name: string]: unknown } {
  if (!body.isForm) return { ...body.values };
  return { ...inferArguments(body.values as { readonly [name: string]: FormValue }, schema, hint) };
}

function readForm(pairs: ReturnType<typeof parsePairs>): Body | Answer {
  return pairs === undefined ? tooManyArguments : { isForm: true, values: buildArguments(pairs) };
}

function readJson(raw: Buffer | undefined): Body | Answer {
  if (raw === undefined || raw.length === 0) return cannotParse;
  const text = raw.toString();
  if (isTooDeep(text)) return cannotParse;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return cannotParse;
  }
  if (typeof parsed !== 'object' || parsed === null) return cannotParse;
  if (!Array.isArray(parsed)) return { isForm: false, values: parsed as Values };
  // A list is a record with the keys 1, 2, ... to Kong, and its items are unknown fields.
  return { isForm: false, values: Object.fromEntries(parsed.map((item: unknown, index) => [String(index + 1), item])) };
}

function isTooDeep(text: string): boolean {
  if (text.length <= maxDepth) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) {
      inText = true;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}
