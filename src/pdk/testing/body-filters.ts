import { messageOf } from '../../kernel/index.ts';
import type { Handlers } from '../plugin.ts';
import type { FakeExchange } from './exchange.ts';
import type { BodyWindow } from './response.ts';

interface Filter {
  readonly name: string;
  readonly bodyFilter: NonNullable<Handlers['bodyFilter']>;
  readonly window: BodyWindow;
}

/** Sends the answer's body through the body filters, chunk by chunk and once more with `last`. */
export function filterBody(
  exchange: FakeExchange,
  live: readonly { readonly name: string; readonly handlers: Handlers }[],
): void {
  exchange.enter('body_filter');
  const filters: Filter[] = [];
  for (const { name, handlers } of live) {
    if (handlers.bodyFilter === undefined) continue;
    const window = { chunk: '', isLast: false, kept: undefined, replaced: undefined };
    filters.push({ name, bodyFilter: handlers.bodyFilter, window });
  }
  const { answer } = exchange.state;
  const sent: Uint8Array[] = [];
  for (const chunk of answer.body) {
    if (chunk.length > 0) sent.push(passAll(exchange, filters, chunk, false));
  }
  sent.push(passAll(exchange, filters, new Uint8Array(), true));
  answer.body = sent;
}

function passAll(exchange: FakeExchange, filters: readonly Filter[], chunk: Uint8Array, isLast: boolean): Uint8Array {
  let bytes = chunk;
  for (const filter of filters) bytes = pass(exchange, filter, bytes, isLast);
  return bytes;
}

function pass(exchange: FakeExchange, filter: Filter, chunk: Uint8Array, isLast: boolean): Uint8Array {
  const { window } = filter;
  const before = Buffer.from(chunk).toString('latin1');
  window.chunk = before;
  window.isLast = isLast;
  exchange.window = window;
  try {
    const returned: unknown = filter.bodyFilter(exchange.kongFor(filter.name), chunk, isLast);
    if (returned instanceof Promise) throw new TypeError('bodyFilter must be synchronous');
    if (returned instanceof Uint8Array) return returned;
  } catch (fault) {
    exchange.state.host.log.child(filter.name).error(messageOf(fault));
    return chunk;
  }
  if (window.replaced !== undefined) return Buffer.from(isLast ? window.replaced : '', 'latin1');
  return window.chunk === before ? chunk : Buffer.from(window.chunk, 'latin1');
}
