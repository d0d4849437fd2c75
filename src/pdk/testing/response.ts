import type { AnswerContext, ComposedAnswer } from '../answer.ts';
import { composeError, composeExit, isTransferEncoding } from '../answer.ts';
import * as checks from '../checks.ts';
import { isGrpcRequest } from '../grpc-status.ts';
import type { HeaderValue, KongResponse } from '../kong.ts';
import { phaseBits } from '../phases.ts';
import { bytesOf } from '../text.ts';
import type { ExchangeState } from './state.ts';

/** What one plugin's body filter reads and writes through `kong.response`, for one plugin and one chunk. */
export interface BodyWindow {
  /** The chunk at hand as bytes read as Latin-1. */
  chunk: string;
  isLast: boolean;
  /** What was kept back by `get_raw_body` so far. */
  kept: string | undefined;
  /** What `set_raw_body` gave. */
  replaced: string | undefined;
}

/** `kong.response` over a fake exchange; `warn` receives what is ignored, `window` is there in body_filter. */
export function createResponse(
  state: ExchangeState,
  warn: (message: string) => void,
  window: () => BodyWindow,
): KongResponse {
  const { answer } = state;
  const checkUnsent = (): void => {
    if (answer.isSent) throw checks.pdkError(checks.headersSent);
  };
  const setHeader = (name: string, value: HeaderValue): void => {
    if (isTransferEncoding(name)) warn('manually setting Transfer-Encoding. Ignored.');
    else answer.headers.set(name, value);
  };
  const context = (): AnswerContext => ({
    contentType: answer.headers.get('content-type'),
    hasGrpcStatus: answer.headers.has('grpc-status'),
    isGrpcRequest: isGrpcRequest(state.requestHeaders.get('content-type'), state.httpVersion),
  });
  const send = (composed: ComposedAnswer): void => {
    for (const warning of composed.warnings) warn(warning);
    // The first answer is the one that is sent: in Kong the handler would not run on after it.
    if (state.isExited && state.phase !== phaseBits.header_filter) return;
    state.isExited = true;
    answer.status = composed.status;
    answer.body = [bytesOf(composed.body)];
    for (const [name, lines] of composed.headers) answer.headers.set(name, lines);
  };

  return {
    getStatus() {
      checks.checkPhase('response.get_status', state.phase);
      return answer.status;
    },
    getHeader(name) {
      checks.checkPhase('response.get_header', state.phase);
      checks.checkString('header name', name);
      return answer.headers.get(name);
    },
    getHeaders(maxHeaders) {
      checks.checkPhase('response.get_headers', state.phase);
      if (maxHeaders !== undefined) checks.checkMaximum('max_headers', maxHeaders);
      return answer.headers.table(maxHeaders ?? 100);
    },
    getSource() {
      checks.checkPhase('response.get_source', state.phase);
      return sourceOf(state);
    },
    setStatus(status) {
      checks.checkPhase('response.set_status', state.phase);
      checkUnsent();
      checks.checkStatus(status);
      answer.status = status;
    },
    setHeader(name, value) {
      checks.checkPhase('response.set_header', state.phase);
      checkUnsent();
      checks.checkHeader(name, value);
      setHeader(name, value);
    },
    addHeader(name, value) {
      checks.checkPhase('response.add_header', state.phase);
      checkUnsent();
      checks.checkHeader(name, value);
      answer.headers.add(name, value);
    },
    clearHeader(name) {
      checks.checkPhase('response.clear_header', state.phase);
      checkUnsent();
      checks.checkString('header name', name);
      answer.headers.delete(name);
    },
    setHeaders(headers) {
      checks.checkPhase('response.set_headers', state.phase);
      checkUnsent();
      checks.checkHeaders(headers);
      for (const [name, value] of Object.entries(headers)) setHeader(name, value);
    },
    getRawBody() {
      checks.checkPhase('response.get_raw_body', state.phase);
      const at = window();
      at.kept = (at.kept ?? '') + at.chunk;
      at.chunk = at.isLast ? at.kept : '';
      return at.isLast ? at.kept : undefined;
    },
    setRawBody(body) {
      checks.checkPhase('response.set_raw_body', state.phase);
      checks.checkString('body', body);
      window().replaced = body;
    },
    exit(status, body, headers) {
      checks.checkPhase('response.exit', state.phase);
      checkUnsent();
      checks.checkStatus(status);
      checks.checkExitBody(body);
      checks.checkOptionalHeaders(headers);
      send(composeExit(context(), status, body, headers));
    },
    error(status, message, headers) {
      checks.checkPhase('response.error', state.phase);
      checkUnsent();
      checks.checkStatus(status, 400);
      checks.checkErrorMessage(message);
      checks.checkOptionalHeaders(headers);
      const accept = state.requestHeaders.joined('accept');
      send(composeError({ ...context(), accept, requestId: state.requestId }, status, message, headers));
    },
  };
}

/** Where the answer of an exchange came from. */
export function sourceOf(state: ExchangeState): 'exit' | 'error' | 'service' {
  if (state.hasFailed) return 'error';
  if (state.isExited) return 'exit';
  return state.upstreamAnswer === undefined ? 'error' : 'service';
}
