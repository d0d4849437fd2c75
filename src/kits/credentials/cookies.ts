import { isBlank } from './scheme.ts';

/**
 * The value of a cookie as it stands in the request's Cookie headers; undefined without it. Of several of a name the first
 * counts. As in nginx the name is compared without case (`name` is in lower case) and may be parted from `=` by blanks.
 */
export function findCookie(lines: readonly string[], name: string): string | undefined {
  for (const line of lines) {
    const value = findInLine(line, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function findInLine(line: string, name: string): string | undefined {
  let start = 0;
  while (start < line.length) {
    const end = endOf(line, start);
    let at = start + name.length;
    if (at < line.length && line.slice(start, at).toLowerCase() === name) {
      while (line.charCodeAt(at) === space) at++;
      if (line.charCodeAt(at) === equals) {
        at++;
        while (line.charCodeAt(at) === space) at++;
        const semicolon = line.indexOf(';', at);
        return line.slice(at, semicolon === -1 ? undefined : semicolon);
      }
    }
    start = end + 1;
    while (start < line.length && isBlank(line.charCodeAt(start))) start++;
  }
  return undefined;
}

/** Where the cookie that begins at `start` ends: nginx takes a comma for an end too where it looks for a name. */
function endOf(line: string, start: number): number {
  for (let at = start; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === semicolonCode || code === commaCode) return at;
  }
  return line.length;
}

const space = 0x20;
const equals = 0x3d;
const semicolonCode = 0x3b;
const commaCode = 0x2c;
