import { messageOf } from '../../kernel/index.ts';
import { composeExit } from '../answer.ts';
import type { Phase } from '../kong.ts';
import type { Handlers } from '../plugin.ts';
import { bytesOf } from '../text.ts';
import { filterBody } from './body-filters.ts';
import type { FakeExchange } from './exchange.ts';
import { HeaderBag } from './header-bag.ts';
import type { ExchangeState } from './state.ts';

/** The handlers of one stored configuration, under the name of their plugin. */
export interface Live {
  readonly name: string;
  readonly handlers: Handlers;
}

/** Leads an exchange through all phases in the order of the gateway's pipeline; `live` is in the order of priority. */
export async function runPhases(exchange: FakeExchange, live: readonly Live[]): Promise<void> {
  const { state } = exchange;
  await runUntilAnswer(exchange, live, 'rewrite');
  if (!state.isExited && state.route === undefined) {
    exchange.enter('access');
    exchange.kong.response.error(404, 'no Route matched with those values');
  }
  if (!state.isExited) await runUntilAnswer(exchange, live, 'access');
  if (!state.isExited && state.service === undefined) {
    exchange.kong.response.error(503, 'no Service found with those values');
  }
  if (!state.isExited) {
    askUpstream(state, live);
    await runUntilAnswer(exchange, live, 'response');
  }
  filterHead(exchange, live);
  state.answer.isSent = true;
  filterBody(exchange, live);
  await runLog(exchange, live);
}

async function runUntilAnswer(
  exchange: FakeExchange,
  live: readonly Live[],
  phase: 'rewrite' | 'access' | 'response',
): Promise<void> {
  const { state } = exchange;
  exchange.enter(phase);
  for (const { name, handlers } of live) {
    const handler = handlers[phase];
    if (handler === undefined) continue;
    try {
      const pending = handler(exchange.kongFor(name));
      if (pending !== undefined) await pending;
    } catch (fault) {
      fail(exchange, name, fault, phase);
    }
    if (state.isExited) return;
  }
}

/** A handler that throws in access answers for the gateway; in other phases the fault is only logged (Kong 3.9). */
function fail(exchange: FakeExchange, plugin: string, fault: unknown, phase: Phase): void {
  const { state } = exchange;
  state.host.log.child(plugin).error(messageOf(fault));
  if (phase !== 'access' || state.isExited) return;
  const context = { contentType: undefined, hasGrpcStatus: false, isGrpcRequest: false };
  const answer = composeExit(context, 500, { message: 'An unexpected error occurred' }, undefined);
  state.isExited = true;
  state.hasFailed = true;
  state.answer.status = answer.status;
  state.answer.body = [bytesOf(answer.body)];
  for (const [name, lines] of answer.headers) state.answer.headers.set(name, lines);
}

/** Headers of which an answer has one; the upstream's replaces what a plugin set before. Others are added. */
const single = new Set(['content-type', 'content-length', 'server', 'date', 'last-modified', 'etag', 'location']);

function askUpstream(state: ExchangeState, live: readonly Live[]): void {
  if (live.some(({ handlers }) => handlers.response !== undefined)) state.upstream.isBuffered = true;
  const given = state.options.upstreamResponse ?? {};
  const body = given.body ?? '';
  const chunks = Array.isArray(body) ? body.map(bytesOf) : [bytesOf(body as string | Uint8Array)];
  const headers = new HeaderBag(given.headers);
  state.upstream.wasCalled = true;
  state.upstreamAnswer = { status: given.status ?? 200, headers, body: Buffer.concat(chunks) };
  state.answer.status = given.status ?? 200;
  state.answer.body = state.upstream.isBuffered ? [state.upstreamAnswer.body] : chunks;
  for (const [name, value] of Object.entries(headers.table())) {
    if (single.has(name)) state.answer.headers.set(name, value);
    else state.answer.headers.add(name, value);
  }
}

function filterHead(exchange: FakeExchange, live: readonly Live[]): void {
  exchange.enter('header_filter');
  for (const { name, handlers } of live) {
    try {
      const returned: unknown = handlers.headerFilter?.(exchange.kongFor(name));
      if (returned instanceof Promise) throw new TypeError('headerFilter must be synchronous');
    } catch (fault) {
      fail(exchange, name, fault, 'header_filter');
    }
  }
}

async function runLog(exchange: FakeExchange, live: readonly Live[]): Promise<void> {
  exchange.enter('log');
  for (const { name, handlers } of live) {
    try {
      await handlers.log?.(exchange.kongFor(name));
    } catch (fault) {
      fail(exchange, name, fault, 'log');
    }
  }
}
