/** What the values of a field are. */
export type FieldType = 'String' | 'Int' | 'IpAddr';

/** What an expression is asked about: requests, or connections of raw streams. */
export type Subject = 'http' | 'stream';

const everywhere: readonly (readonly [string, FieldType])[] = [
  ['net.protocol', 'String'],
  ['tls.sni', 'String'],
  ['net.src.ip', 'IpAddr'],
  ['net.src.port', 'Int'],
  ['net.dst.ip', 'IpAddr'],
  ['net.dst.port', 'Int'],
];

const fields: { readonly [subject in Subject]: ReadonlyMap<string, FieldType> } = {
  stream: new Map(everywhere),
  http: new Map([
    ...everywhere,
    ['http.method', 'String'],
    ['http.host', 'String'],
    ['http.path', 'String'],
    ['http.path.segments.*', 'String'],
    ['http.path.segments.len', 'Int'],
    ['http.headers.*', 'String'],
    ['http.queries.*', 'String'],
  ]),
};

/** The type of a field; undefined for one that there is not. A name after the last dot may be any where Kong has `*`. */
export function typeOfField(field: string, subject: Subject): FieldType | undefined {
  const known = fields[subject];
  return known.get(field) ?? known.get(`${field.slice(0, field.lastIndexOf('.'))}.*`);
}

/** What stands behind a prefix of the field's name; undefined when it does not begin so. */
export function nameAfter(prefix: string, field: string): string | undefined {
  return field.startsWith(prefix) ? field.slice(prefix.length) : undefined;
}

/** Which segments of the path a field stands for; the first one is 0. */
export interface SegmentRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads what follows `http.path.segments.`: one number, or two with an underscore between them, the second one larger;
 * undefined for anything else.
 */
export function readSegments(name: string): SegmentRange | undefined {
  const parts = /^(0|[1-9]\d*)(?:_([1-9]\d*))?$/.exec(name);
  if (parts === null) return undefined;
  const first = Number(parts[1]);
  const last = parts[2] === undefined ? first : Number(parts[2]);
  return parts[2] !== undefined && first >= last ? undefined : { first, last };
}
