import type { Args, ArgsGiven } from './kong.ts';
import { textOfLatin1 } from './text.ts';

type ArgValue = string | boolean;

/** How many arguments are read unless a caller asks for another number. */
export const defaultMaxArgs = 100;

/**
 * Parses a query or a form body as ngx_lua does: `?a` is true, `?a=` is "", repeated names become arrays, nameless
 * arguments are dropped, and whatever comes after `maxArgs` of them is not seen. `raw` holds bytes read as Latin-1;
 * names and values are handed back as text where they are UTF-8. The result has no prototype.
 */
export function parseArgs(raw: string, maxArgs: number = defaultMaxArgs): Args {
  const args: Record<string, ArgValue | ArgValue[]> = Object.create(null);
  let count = 0;
  let start = 0;
  while (start <= raw.length && count < maxArgs) {
    let end = raw.indexOf('&', start);
    if (end === -1) end = raw.length;
    if (end > start) addArg(args, raw, start, end);
    count++;
    start = end + 1;
  }
  return args;
}

function addArg(args: Record<string, ArgValue | ArgValue[]>, raw: string, start: number, end: number): void {
  const equals = raw.indexOf('=', start);
  const hasValue = equals !== -1 && equals < end;
  const name = decodeComponent(raw.slice(start, hasValue ? equals : end));
  if (name === '') return;
  const value = hasValue ? decodeComponent(raw.slice(equals + 1, end)) : true;
  const known = args[name];
  if (known === undefined) args[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else args[name] = [known, value];
}

/** Decodes `%41` and `+`; a per cent sign that starts no pair of hexadecimal digits stays as it is. */
export function decodeComponent(raw: string): string {
  if (!raw.includes('%') && !raw.includes('+')) return textOfLatin1(raw);
  let bytes = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at]!;
    if (char === '+') {
      bytes += ' ';
      continue;
    }
    const byte = char === '%' ? hexPair(raw, at + 1) : -1;
    if (byte === -1) {
      bytes += char;
    } else {
      bytes += String.fromCharCode(byte);
      at += 2;
    }
  }
  return textOfLatin1(bytes);
}

/** The value of the two hexadecimal digits at `at`, or -1. */
export function hexPair(text: string, at: number): number {
  const high = hexDigit(text.charCodeAt(at));
  const low = hexDigit(text.charCodeAt(at + 1));
  return high === -1 || low === -1 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/**
 * Writes arguments as a query or a form body: one text for each name, sorted, so that the same arguments give the same
 * text whatever their order. True is a bare name; false, null and empty lists are left out.
 * @throws TypeError for a value that is neither text, number, boolean nor a list of these.
 */
export function encodeArgs(args: ArgsGiven | { readonly [name: string]: unknown }): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(args)) {
    const encoded = Array.isArray(value) ? encodeList(name, value) : encodePair(name, value);
    if (encoded !== '') pairs.push(encoded);
  }
  return pairs.sort().join('&');
}

function encodeList(name: string, values: readonly unknown[]): string {
  return values
    .map((value) => encodePair(name, value))
    .filter((pair) => pair !== '')
    .join('&');
}

function encodePair(name: string, value: unknown): string {
  if (value === undefined || value === null || value === false) return '';
  if (value === true) return encodeComponent(name);
  if (typeof value === 'string' || typeof value === 'number') {
    return `${encodeComponent(name)}=${encodeComponent(String(value))}`;
  }
  const given = Array.isArray(value) || typeof value === 'object' ? 'table' : typeof value;
  throw new TypeError(`attempt to use ${given} as query arg value`);
}

function encodeComponent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** `raw` without the arguments called `name`; the others keep every byte. */
export function removeArg(raw: string, name: string): string {
  if (raw === '') return raw;
  const parts = raw.split('&');
  const kept = parts.filter((part) => {
    const equals = part.indexOf('=');
    return decodeComponent(equals === -1 ? part : part.slice(0, equals)) !== name;
  });
  return kept.length === parts.length ? raw : kept.join('&');
}
