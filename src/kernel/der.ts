/** One element of DER (ITU-T X.690): its tag, and where its content is. */
export interface DerElement {
  /** The identifier octet, class and form included. */
  readonly tag: number;
  readonly content: Uint8Array;
}

/** Tags that certificates are made of. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  objectId: 0x06,
  null: 0x05,
  enumerated: 0x0a,
  bitString: 0x03,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
} as const;

/**
 * The elements that stand one after another in `bytes`.
 * @throws RangeError when they are not well-formed.
 */
export function readElements(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at]!;
    // Tags of more than one octet occur in no certificate.
    if ((tag & 0x1f) === 0x1f || at + 2 > bytes.length) throw malformed();
    let length = bytes[at + 1]!;
    let start = at + 2;
    if (length > 0x7f) {
      const octets = length & 0x7f;
      if (octets === 0 || octets > 3 || start + octets > bytes.length) throw malformed();
      length = 0;
      for (let octet = 0; octet < octets; octet++) length = length * 256 + bytes[start + octet]!;
      start += octets;
    }
    if (start + length > bytes.length) throw malformed();
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** The elements within an element of that tag. @throws RangeError for another one. */
export function readWithin(element: DerElement | undefined, tag: number): readonly DerElement[] {
  if (element?.tag !== tag) throw malformed();
  return readElements(element.content);
}

/** The bytes of an element with what is in it, one after another. */
export function writeElement(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const size = content.length;
  const head = size < 0x80 ? [tag, size] : size < 0x100 ? [tag, 0x81, size] : [tag, 0x82, size >> 8, size & 0xff];
  if (size > 0xffff) throw new RangeError(`Cannot write DER of ${size} bytes: at most 65535`);
  return Buffer.concat([Uint8Array.from(head), content]);
}

/** An object identifier in its dotted form. */
export function objectIdOf(content: Uint8Array): string {
  const numbers: number[] = [];
  let value = 0;
  for (const octet of content) {
    value = value * 128 + (octet & 0x7f);
    if ((octet & 0x80) !== 0) continue;
    if (numbers.length === 0)
      numbers.push(Math.min(2, Math.floor(value / 40)), value - 40 * Math.min(2, Math.floor(value / 40)));
    else numbers.push(value);
    value = 0;
  }
  return numbers.join('.');
}

/** A number that is small and not negative. @throws RangeError for another one. */
export function smallNumberOf(content: Uint8Array): number {
  if (content.length === 0 || content.length > 4 || content[0]! > 0x7f) throw malformed();
  return content.reduce((value, octet) => value * 256 + octet, 0);
}

function malformed(): RangeError {
  return new RangeError('malformed DER');
}
