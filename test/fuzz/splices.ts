import fc from 'fast-check';

/** A place of a text where something is cut out and something else put in. */
export interface Splice {
  readonly at: number;
  readonly cut: number;
  readonly put: string;
}

/** Bytes that parsers of HTTP/1 trip over. */
const oddBytes = [
  '',
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  '\x00',
  '\x7f',
  '\x0b',
  ',',
  ';',
  '+',
  '0',
  '1',
  'a',
  '_',
  '"',
  '\xff',
];

/** Changes to a text: odd bytes, or some of `words`. */
export function splices(words: readonly string[]): fc.Arbitrary<Splice[]> {
  const splice = fc.record({
    at: fc.nat(400),
    cut: fc.nat(3),
    put: fc.oneof(fc.constantFrom(...oddBytes), fc.constantFrom(...words)),
  });
  return fc.array(splice, { maxLength: 4 });
}

/** The text with all changes made, one after another. */
export function splice(base: string, changes: readonly Splice[]): string {
  let text = base;
  for (const { at, cut, put } of changes) {
    const from = at % (text.length + 1);
    text = text.slice(0, from) + put + text.slice(from + cut);
  }
  return text;
}
