import { latin1 } from '../../http1/index.ts';
import { GibbonError } from '../../kernel/index.ts';
import type { BodySink } from '../downstream.ts';
import type { Exchange } from './exchange.ts';

/**
 * Gathers the request's body for a plugin; from then on it is sent upstream from memory.
 * @throws GibbonError (as a rejection) with the status for the client when the body is too large, malformed or late.
 */
export async function collectBody(x: Exchange): Promise<string> {
  const { maxBufferedBody } = x.runtime.settings;
  const body = await gather(x, maxBufferedBody);
  if (body === undefined) throw bodyError(413, `more than ${maxBufferedBody} bytes to hold in memory`);
  return body;
}

/**
 * Gathers a body of at most `maxBytes`. Undefined as soon as it is larger: what was read of it is lost then, and no more
 * is taken from the client.
 * @throws as {@link collectBody}.
 */
export async function collectSmallBody(x: Exchange, maxBytes: number): Promise<string | undefined> {
  if (x.requestBody === undefined && x.down.bodyLength > maxBytes) return undefined;
  if (maxBytes > x.runtime.settings.maxBufferedBody) return collectBody(x);
  const body = await gather(x, maxBytes);
  return body === undefined || body.length > maxBytes ? undefined : body;
}

function gather(x: Exchange, most: number): Promise<string | undefined> {
  if (x.requestBody !== undefined) return Promise.resolve(x.requestBody);
  if (!x.down.hasUnreadBody) {
    x.requestBody = '';
    return Promise.resolve('');
  }
  x.collecting ??= new Promise((resolve, reject) => {
    let body = '';
    const settle = (): void => {
      x.requestBody = body;
      resolve(body);
    };
    const sink: BodySink = {
      onBody(bytes, start, end, isLast) {
        x.requestBytes += end - start;
        if (body.length + end - start > most) {
          x.down.pauseBody();
          resolve(undefined);
          return;
        }
        body += latin1(bytes, start, end);
        if (isLast) settle();
      },
      onBodyEnd: settle,
      onBodyFault: (status) => reject(bodyError(status, 'it ended early, or is malformed')),
    };
    x.down.readBody(sink);
  });
  return x.collecting;
}

function bodyError(status: number, detail: string): GibbonError {
  return new GibbonError(`Cannot read the request's body: ${detail}`, {
    code: 'ERR_REQUEST_BODY',
    status,
    source: 'downstream',
  });
}
