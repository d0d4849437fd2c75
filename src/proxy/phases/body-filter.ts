import { phaseBits } from '../../pdk/support.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { promiseOf, reportFault } from './handlers.ts';

/**
 * Sends a chunk of the answer through the body_filter handlers, each seeing what the one before left. Returns what is to
 * go to the client.
 */
export function filterChunk(x: Exchange, chunk: Uint8Array, isLast: boolean): Uint8Array {
  x.phase = phaseBits.body_filter;
  let current = chunk;
  for (const instance of x.bodyFilters) {
    x.plugin = instance;
    x.kong.response.beginChunk(instance.id, current, isLast);
    try {
      const replaced: unknown = instance.bodyFilter!(x.kong, current, isLast);
      if (replaced !== undefined && !(replaced instanceof Uint8Array)) {
        void promiseOf(replaced)?.catch(() => {});
        throw new TypeError('a body filter must return bytes or nothing');
      }
      current = x.kong.response.endChunk(replaced ?? current);
    } catch (fault) {
      reportFault(x, instance, fault);
    }
  }
  return current;
}

/** Sends a whole body through the handlers as one last chunk; what they leave as it is stays the same object. */
export function filterWhole(x: Exchange, body: string | Uint8Array): string | Uint8Array {
  const chunk = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const filtered = filterChunk(x, chunk, true);
  return filtered === chunk ? body : filtered;
}
