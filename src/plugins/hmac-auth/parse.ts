import { afterScheme, isBlank } from '../../kits/credentials/index.ts';

/** What a client signed, how, and the signature. */
export interface HmacParams {
  readonly username: string;
  readonly algorithm: string;
  /** The names between single blanks; "" where there are more of these. */
  readonly headers: readonly string[];
  /** In base64. */
  readonly signature: string;
}

/**
 * Reads `hmac username="u", algorithm="a", headers="h1 h2", signature="s"` out of an Authorization header; undefined where
 * it is something else. The four stand in this order. As in Kong a value may hold quotes: it is as long as it can be, and
 * the first ones are longer at the cost of the last. Takes time in proportion to the header, for it is read from its end.
 */
export function parseHmac(header: string): HmacParams | undefined {
  let text = afterScheme(header, 'hmac');
  while (text !== undefined && !text.startsWith(start)) text = afterScheme(text, 'hmac');
  if (text === undefined) return undefined;
  const end = text.lastIndexOf('"');
  const signature = findLast(text, 'signature="', end);
  const headers = findLast(text, 'headers="', signature?.start);
  const algorithm = findLast(text, 'algorithm="', headers?.start);
  if (signature === undefined || headers === undefined || algorithm === undefined) return undefined;
  if (algorithm.start <= start.length) return undefined;
  return {
    username: text.slice(start.length, algorithm.start),
    algorithm: text.slice(algorithm.end, headers.start),
    headers: text.slice(headers.end, signature.start).split(' '),
    signature: text.slice(signature.end, end),
  };
}

const start = 'username="';

/**
 * The last place where `",` and a name stand, with blanks between them or without, so that at least one character is left
 * before `limit`.
 */
function findLast(
  text: string,
  name: string,
  limit: number | undefined,
): { readonly start: number; readonly end: number } | undefined {
  if (limit === undefined) return undefined;
  let from = limit - 1 - name.length;
  while (from >= 0) {
    const found = text.lastIndexOf(name, from);
    if (found === -1) return undefined;
    let at = found;
    while (at > 0 && isBlank(text.charCodeAt(at - 1))) at--;
    if (text.charCodeAt(at - 1) === comma && text.charCodeAt(at - 2) === quote) {
      return { start: at - 2, end: found + name.length };
    }
    from = found - 1;
  }
  return undefined;
}

const comma = 0x2c;
const quote = 0x22;
