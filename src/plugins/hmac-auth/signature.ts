import { createHmac } from 'node:crypto';
import { decodeBase64, isAscii, isSameSecret } from '../../kits/credentials/index.ts';
import type { KongRequest } from '../../pdk/index.ts';
import type { HmacParams } from './parse.ts';

/** The algorithms of Kong 3.9. */
export const algorithmNames = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;

/** True when the signature is that of the request, made with `secret`. */
export function isSignedBy(secret: string, params: HmacParams, request: KongRequest): boolean {
  const given = decodeBase64(params.signature);
  if (given === undefined) return false;
  const digest = createHmac(params.algorithm.slice('hmac-'.length), secret)
    .update(signingString(params.headers, request), 'latin1')
    .digest('latin1');
  return isSameSecret(digest, given);
}

/**
 * What a signature is of: a line for each header, in the order in which the client names them. The result holds bytes, one
 * character each.
 */
export function signingString(headers: readonly string[], request: KongRequest): string {
  let text = '';
  for (let at = 0; at < headers.length; at++) {
    if (at > 0) text += '\n';
    text += line(headers[at]!, request);
  }
  return text;
}

/** A header of the request comes before the two names that stand for its first line. */
function line(name: string, request: KongRequest): string {
  const value = name === '' ? undefined : request.getHeader(name);
  if (value !== undefined) return `${bytesOf(name)}: ${bytesOf(value)}`;
  switch (name) {
    case 'request-line':
      return `${request.getMethod()} ${request.getPathWithQuery()} HTTP/${request.getHttpVersion().toFixed(1)}`;
    case '@request-target':
      return `@request-target: ${request.getMethod().toLowerCase()} ${request.getPathWithQuery()}`;
    default:
      return `${bytesOf(name)}:`;
  }
}

function bytesOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
