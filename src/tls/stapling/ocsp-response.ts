import { derTags, objectIdOf, readElements, readWithin } from '../../kernel/index.ts';

/** What a responder says of one certificate (RFC 6960 section 4.2). */
export interface OcspAnswer {
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly serial: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly thisUpdate: number;
  /** When it will know more; undefined when it knows more at any time. */
  readonly nextUpdate: number | undefined;
}

const basicResponse = '1.3.6.1.5.5.7.48.1.1';

/**
 * Reads what a response says of its first certificate; undefined when the responder refuses to say anything. Whether it is
 * signed well is for the clients to see who get it.
 * @throws RangeError for bytes that are no response
 */
export function readOcspResponse(bytes: Uint8Array): OcspAnswer | undefined {
  const [outcome, wrapped] = readWithin(readElements(bytes)[0], derTags.sequence);
  if (outcome?.tag !== derTags.enumerated || outcome.content.length !== 1) throw malformed();
  if (outcome.content[0] !== 0) return undefined;
  const [type, inner] = readWithin(readWithin(wrapped, 0xa0)[0], derTags.sequence);
  if (type?.tag !== derTags.objectId || objectIdOf(type.content) !== basicResponse) throw malformed();
  if (inner?.tag !== derTags.octetString) throw malformed();
  const [data] = readWithin(readElements(inner.content)[0], derTags.sequence);
  // The version and the responder's name come first; neither is a plain sequence.
  const responses = readWithin(data, derTags.sequence).find(({ tag }) => tag === derTags.sequence);
  const [id, status, thisUpdate, next] = readWithin(readWithin(responses, derTags.sequence)[0], derTags.sequence);
  const serial = readWithin(id, derTags.sequence)[3];
  if (serial?.tag !== derTags.integer || status === undefined || thisUpdate === undefined) throw malformed();
  return {
    status: (status.tag & 0x1f) === 0 ? 'good' : (status.tag & 0x1f) === 1 ? 'revoked' : 'unknown',
    serial: serial.content,
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: next?.tag === 0xa0 ? timeOf(readElements(next.content)[0]) : undefined,
  };
}

/** A GeneralizedTime in UTC without fractions, as RFC 5280 section 4.1.2.5.2 asks for. */
function timeOf(element: { readonly tag: number; readonly content: Uint8Array } | undefined): number {
  if (element?.tag !== derTags.generalizedTime) throw malformed();
  const text = Buffer.from(element.content).toString('latin1');
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) throw malformed();
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function malformed(): RangeError {
  return new RangeError('malformed OCSP response');
}
