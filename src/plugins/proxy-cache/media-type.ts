/** A media type, read: names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  /** Values by lower-case name. */
  readonly params: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const types = new RegExp(`^(?:(${token})/(${token})|\\*)`);
const parameter = new RegExp(`[ \\t]*;[ \\t]*(${token})=(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")`, 'y');

/** Reads a media type with its parameters (RFC 9110 section 8.3.1); undefined for what is none. */
export function parseMediaType(text: string): MediaType | undefined {
  const found = types.exec(text);
  if (found === null) return undefined;
  const params = new Map<string, string>();
  let at = found[0].length;
  while (at < text.length) {
    parameter.lastIndex = at;
    const next = parameter.exec(text);
    if (next === null) return undefined;
    params.set(next[1]!.toLowerCase(), next[2] ?? next[3]!);
    at = parameter.lastIndex;
  }
  return { type: found[1]?.toLowerCase() ?? '*', subtype: found[2]?.toLowerCase() ?? '*', params };
}

/** Makes the test of whether a Content-Type is among those of a configuration: same type, same parameters (Kong 3.9). */
export function createTypeMatcher(accepted: readonly string[]): (contentType: string) => boolean {
  const wanted = accepted.flatMap((text) => parseMediaType(text) ?? []);
  return (contentType) => {
    const given = parseMediaType(contentType);
    return given !== undefined && wanted.some((one) => includes(one, given));
  };
}

function includes(wanted: MediaType, given: MediaType): boolean {
  if (wanted.type !== '*' && wanted.type !== given.type) return false;
  if (wanted.subtype !== '*' && wanted.subtype !== given.subtype) return false;
  if (wanted.params.size !== given.params.size) return false;
  for (const [name, value] of wanted.params) if (given.params.get(name) !== value) return false;
  return true;
}
