/** The formats of error bodies; `grpc` has none. */
export type ErrorFormat = 'json' | 'html' | 'xml' | 'plain' | 'grpc';

const formats: ReadonlyMap<string, ErrorFormat> = new Map([
  ['application/grpc', 'grpc'],
  ['text/html', 'html'],
  ['application/json', 'json'],
  ['text/plain', 'plain'],
  ['application/xml', 'xml'],
  ['text/*', 'plain'],
]);

/** The content types of error bodies. */
export const errorContentTypes: Readonly<Record<ErrorFormat, string>> = Object.freeze({
  json: 'application/json; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
  plain: 'text/plain; charset=utf-8',
  grpc: '',
});

/**
 * Chooses the format of an error body by an Accept header: the highest quality wins, the first one among equals; what
 * is not known counts as JSON. Lines of a repeated header are to be joined with commas.
 */
export function acceptedFormat(accept: string | undefined): ErrorFormat {
  if (accept === undefined || accept === '*/*') return 'json';
  let best: ErrorFormat = 'json';
  let highest = 0;
  for (const entry of accept.split(',')) {
    const [range, ...parameters] = entry.split(';');
    const mediaRange = range!.trim();
    const quality = isMediaRange(mediaRange) ? qualityOf(parameters) : 0;
    if (quality > highest) {
      highest = quality;
      best = formats.get(mediaRange) ?? 'json';
    }
  }
  return best;
}

/** The format that a content type stands for, with or without its charset; undefined for any other. */
export function formatOfContentType(contentType: string): ErrorFormat | undefined {
  for (const [format, announced] of Object.entries(errorContentTypes) as [ErrorFormat, string][]) {
    if (contentType === announced) return format;
  }
  return contentType.includes('*') ? undefined : formats.get(contentType);
}

const quality = /^(?:1(?:\.0{0,3})?|0(?:\.\d{0,3})?)/;

function qualityOf(parameters: readonly string[]): number {
  let value = 1;
  for (const parameter of parameters) {
    const text = parameter.trim();
    const found = text.startsWith('q=') || text.startsWith('Q=') ? quality.exec(text.slice(2)) : null;
    if (found !== null) value = Number(found[0]);
  }
  return value;
}

const token = /^[a-z0-9][a-z0-9\-!#$&^_+.]+$/i;

function isMediaRange(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return false;
  return isToken(text.slice(0, slash)) && isToken(text.slice(slash + 1));
}

function isToken(text: string): boolean {
  return text === '*' || token.test(text);
}
