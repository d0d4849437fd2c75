import { headerText, statusLine } from '../../http1/index.ts';
import { GibbonError, messageOf } from '../../kernel/index.ts';
import {
  acceptedFormat,
  errorBody,
  errorContentTypes,
  gatewayErrorMessage,
  grpcStatusOf,
  type HeaderToSet,
  headerKey,
  isGrpcRequest,
  latin1OfText,
  phaseBits,
  problemContentType,
  problemDetails,
} from '../../pdk/support.ts';
import { TransportFault } from '../../transport/index.ts';
import { noBody, unknownLength } from '../downstream.ts';
import type { Answer } from '../exchange/answer.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { filterWhole } from './body-filter.ts';
import type { Outcome } from './handlers.ts';
import { runHeaderFilters } from './header-filter.ts';
import { finishExchange } from './log.ts';

/** Sends the answer that a plugin gave through `kong.response.exit` or `error`. */
export function answerOwn(x: Exchange): void {
  send(x, x.answer!);
}

/** Sends an answer that the gateway made itself, such as a redirect to https. */
export function answer(x: Exchange, made: Answer): void {
  if (x.isOver || x.isHeadSent) return;
  x.source = 'error';
  x.answer = made;
  send(x, made);
}

/** Sends Kong's error body in the format that the client accepts. */
export function answerWithError(
  x: Exchange,
  status: number,
  message?: string,
  headers: readonly HeaderToSet[] = [],
): void {
  if (x.isOver) return;
  if (x.isHeadSent) {
    // Part of an answer is out: all that is left is to make sure that it does not look whole.
    x.down.abort();
    finishExchange(x);
    return;
  }
  const contentType = x.firstHeader('content-type');
  const text = message ?? gatewayErrorMessage(status);
  const shown = status === 494 ? 400 : status;
  const { settings } = x.runtime;
  if (isGrpcRequest(contentType, x.down.httpVersion)) {
    const grpcStatus = grpcStatusOf(shown);
    answer(x, {
      status: 200,
      headers: [
        ['Content-Type', ['application/grpc']],
        ['grpc-status', [String(grpcStatus)]],
        ['grpc-message', [text]],
      ],
      body: '',
    });
    return;
  }
  // Errors with a text of their own are Kong's core's, for which JSON is the rule; the others are its nginx's, which also
  // looks at the type of the request (Kong 3.9, kong.response.error and error_handlers.lua).
  const accept = message === undefined ? (x.firstHeader('accept') ?? contentType) : x.header('accept')?.join(',');
  const fallback = message === undefined ? settings.errorDefaultFormat : 'json';
  const format = accept === undefined ? fallback : acceptedFormat(accept);
  const isProblem = format === 'json' && settings.problemDetails;
  const body = isProblem
    ? problemDetails(shown, text, x.requestId)
    : errorBody(format, text, x.requestId, settings.errorTemplates);
  const type = isProblem ? problemContentType : errorContentTypes[format];
  answer(x, { status: shown, headers: [...headers, ['Content-Type', [type]]], body: latin1OfText(body) });
}

/**
 * Answers for a handler that failed: Kong's compact body with 500, or the error of a client that spoilt its own body.
 */
export function answerFailure(x: Exchange): void {
  if (x.failureStatus !== 500) return answerWithError(x, x.failureStatus);
  if (x.isHeadSent || isGrpcRequest(x.firstHeader('content-type'), x.down.httpVersion)) return answerWithError(x, 500);
  answer(x, {
    status: 500,
    headers: [['Content-Type', [errorContentTypes.json]]],
    body: '{"message":"An unexpected error occurred"}',
  });
}

/** Answers with what an error of ours says, such as 503 for a name that cannot be resolved; logs what is no client's fault. */
export function answerWithFault(x: Exchange, fault: unknown): void {
  if (fault instanceof GibbonError) {
    x.runtime.logger.error(`${fault.message}, request_id: "${x.requestId}"`);
    answerWithError(
      x,
      fault.status,
      fault instanceof TransportFault || (fault.status === 500 && fault.source === 'internal')
        ? undefined
        : fault.message,
    );
    return;
  }
  x.runtime.logger.error(`Cannot finish request: ${messageOf(fault)}, request_id: "${x.requestId}"`);
  answerWithError(x, 500);
}

/**
 * Goes on with an exchange once a handler's promise has settled, unless the client has gone meanwhile. What fails then
 * fails this request alone.
 */
export function goOnAfter(x: Exchange, outcome: Promise<Outcome>, goOn: (settled: Outcome) => void): void {
  // The promise of runHandler never fails.
  void outcome.then((settled) => {
    if (x.isOver) return;
    try {
      goOn(settled);
    } catch (fault) {
      answerWithFault(x, fault);
    }
  });
}

function send(x: Exchange, made: Answer): void {
  const { down, runtime } = x;
  const { settings } = runtime;
  x.passage?.abandon();
  x.upstreamHead = undefined;
  x.status = made.status;
  x.responseLines = '';
  const edits = x.editResponse();
  for (const [name, lines] of made.headers) {
    const lower = headerKey(name);
    // Framing is the connection's own.
    if (lower === 'content-length' || lower === 'transfer-encoding') continue;
    const isAsItIs = lines.length === 1 && headerText(lines[0]!) === lines[0];
    edits.set(name, lower, isAsItIs ? lines : lines.map(headerText));
  }
  runHeaderFilters(x);

  // A header filter may have answered anew.
  let body = (x.answer ?? made).body;
  if (x.bodyFilters.length > 0 && x.head.method !== 'HEAD') body = filterWhole(x, body);
  x.phase = phaseBits.log;
  let lines = edits.apply(x.responseLines);
  if (settings.sends.server && !edits.touches('server')) lines += `Server: ${settings.serverToken}\r\n`;
  if (!edits.touches('date')) lines += `Date: ${runtime.date()}\r\n`;
  if (settings.sends.requestId) lines += `X-Kong-Request-Id: ${x.requestId}\r\n`;
  lines += latencyLines(x, made.isForService === true);
  const status = x.status;
  x.isHeadSent = true;
  const isBodiless = x.head.method === 'HEAD' || status === 204 || status === 304 || status < 200;
  if (isBodiless) {
    down.sendHead(statusLine(status), lines, noBody, x.head.method === 'HEAD' ? body.length : unknownLength);
  } else {
    down.sendHead(statusLine(status), lines, body.length);
    if (body.length > 0) {
      x.responseBytes += body.length;
      if (typeof body === 'string') down.sendText(body);
      else down.sendBytes(Buffer.from(body.buffer, body.byteOffset, body.length), 0, body.length);
    }
  }
  down.sendEnd('');
  down.flush();
  finishExchange(x);
}

/** Headers on latency; an answer that stands for the service's own has those of a proxied one, and a Via (Kong 3.9). */
function latencyLines(x: Exchange, isForService: boolean): string {
  const { sends, viaToken } = x.runtime.settings;
  const spent = Math.max(0, Math.floor(x.runtime.clock.now() - x.startedAt));
  if (!isForService) return sends.responseLatency ? `X-Kong-Response-Latency: ${spent}\r\n` : '';
  let lines = sends.upstreamLatency ? 'X-Kong-Upstream-Latency: 0\r\n' : '';
  if (sends.proxyLatency) lines += `X-Kong-Proxy-Latency: ${spent}\r\n`;
  if (sends.upstreamStatus) lines += `X-Kong-Upstream-Status: ${x.status}\r\n`;
  if (sends.via) lines += `Via: ${viaToken}\r\n`;
  return lines;
}
