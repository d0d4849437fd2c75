/** More arguments than this in a query or a form are refused (Kong 3.9: "Too many arguments"). */
export const maxArguments = 1000;

/** A name and its value; true where there was no `=`. */
export type Argument = readonly [name: string, value: string | true];

/**
 * Reads `a=1&b=2` as query strings and urlencoded forms write it, in order. What is not a valid percent sequence stays as
 * it is. Undefined when there are more than {@link maxArguments}.
 */
export function parsePairs(text: string): readonly Argument[] | undefined {
  const pairs: Argument[] = [];
  for (const part of text.split('&')) {
    if (part === '') continue;
    if (pairs.length === maxArguments) return undefined;
    const equals = part.indexOf('=');
    if (equals === -1) pairs.push([decode(part), true]);
    else pairs.push([decode(part.slice(0, equals)), decode(part.slice(equals + 1))]);
  }
  return pairs;
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLeniently(spaced);
  }
}

/** Decodes the sequences that are whole; bytes that are no UTF-8 become replacement characters. */
function decodeLeniently(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString());
}
