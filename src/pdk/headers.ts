import type { HeaderValue } from './kong.ts';

/** The form in which header names are compared when read: lower case, `-` for `_`, which are one to nginx's variables. */
export function headerKey(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    key = name.toLowerCase().replaceAll('_', '-');
    if (keys.size < maxKeys) keys.set(name, key);
  }
  return key;
}

/** Plugins name the same few headers over and over; names from outside cannot fill this up. */
const keys = new Map<string, string>();
const maxKeys = 2000;

/** The lines that a header's value stands for; characters that could end the line are percent-encoded. */
export function headerLines(value: HeaderValue): readonly string[] {
  return typeof value === 'object'
    ? value.map((one) => safeHeaderValue(String(one)))
    : [safeHeaderValue(String(value))];
}

/** `text` with control characters percent-encoded, tab excepted, so that it stays one line (as ngx_lua does). */
export function safeHeaderValue(text: string): string {
  // A look at each character is quicker than a pattern while they are few.
  if (text.length > 12) return control.test(text) ? escapeControls(text) : text;
  for (let at = 0; at < text.length; at++) {
    if (isControl(text.charCodeAt(at))) return escapeControls(text);
  }
  return text;
}

const control = /[\x00-\x08\x0a-\x1f\x7f]/;

function escapeControls(text: string): string {
  return Array.from(text, (char) => {
    const code = char.charCodeAt(0);
    return isControl(code) ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : char;
  }).join('');
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || code === 0x7f;
}
