import { encodeArgs, removeArg } from '../args.ts';
import { encodeBody, parseBody } from '../body.ts';
import * as checks from '../checks.ts';
import type { HeaderValue, KongService, KongServiceRequest, KongServiceResponse } from '../kong.ts';
import { escapePath } from '../paths.ts';
import { bytesOf, latin1OfText } from '../text.ts';
import type { ExchangeState } from './state.ts';

/** `kong.service` over a fake exchange. */
export function createService(state: ExchangeState): KongService {
  const { upstream } = state;
  return {
    request: createServiceRequest(state),
    response: createServiceResponse(state),
    setUpstream(name) {
      checks.checkPhase('service.set_upstream', state.phase);
      checks.checkString('host', name);
      if (!state.options.upstreams?.includes(name)) return false;
      upstream.host = name;
      return true;
    },
    setTarget(host, port) {
      checks.checkPhase('service.set_target', state.phase);
      checks.checkString('host', host);
      checks.checkInteger('port', port, 0, 65535);
      upstream.host = host;
      upstream.port = port;
    },
    setRetries(retries) {
      checks.checkPhase('service.set_retries', state.phase);
      checks.checkInteger('retries', retries, 0, 32767);
      upstream.retries = retries;
    },
    setTimeouts(connect, write, read) {
      checks.checkPhase('service.set_timeouts', state.phase);
      checks.checkInteger('connect_timeout', connect, 1, 2147483646);
      checks.checkInteger('write_timeout', write, 1, 2147483646);
      checks.checkInteger('read_timeout', read, 1, 2147483646);
      upstream.timeouts = { connect, write, read };
    },
    setRetryPolicy(policy) {
      checks.checkPhase('service.set_retry_policy', state.phase);
      upstream.retryPolicy = policy;
    },
    setEjectionPolicy(policy) {
      checks.checkPhase('service.set_ejection_policy', state.phase);
      upstream.ejectionPolicy = policy;
    },
  };
}

function createServiceRequest(state: ExchangeState): KongServiceRequest {
  const { upstream, requestHeaders: headers } = state;
  const noteHost = (name: string, value: HeaderValue): void => {
    if (name.toLowerCase() === 'host') upstream.hostHeader = String(typeof value === 'object' ? value[0] : value);
  };
  const replaceBody = (body: Uint8Array): void => {
    state.requestBody = body;
    headers.delete('transfer-encoding');
    headers.set('Content-Length', body.length);
  };
  return {
    enableBuffering() {
      checks.checkPhase('service.request.enable_buffering', state.phase);
      upstream.isBuffered = true;
    },
    setScheme(scheme) {
      checks.checkPhase('service.request.set_scheme', state.phase);
      checks.checkScheme(scheme);
      upstream.scheme = scheme;
    },
    setPath(path) {
      checks.checkPhase('service.request.set_path', state.phase);
      checks.checkPath(path);
      upstream.path = escapePath(path);
    },
    setRawQuery(query) {
      checks.checkPhase('service.request.set_raw_query', state.phase);
      checks.checkString('query', query);
      state.query = latin1OfText(query);
    },
    setMethod(method) {
      checks.checkPhase('service.request.set_method', state.phase);
      checks.checkMethod(method);
      state.method = method;
    },
    setQuery(args) {
      checks.checkPhase('service.request.set_query', state.phase);
      checks.checkArgs(args);
      state.query = encodeArgs(args);
    },
    clearQueryArg(name) {
      checks.checkPhase('service.request.clear_query_arg', state.phase);
      checks.checkString('query argument name', name);
      state.query = removeArg(state.query, name);
    },
    setHeader(name, value) {
      checks.checkPhase('service.request.set_header', state.phase);
      checks.checkHeader(name, value);
      noteHost(name, value);
      headers.set(name, value);
    },
    addHeader(name, value) {
      checks.checkPhase('service.request.add_header', state.phase);
      checks.checkHeader(name, value);
      noteHost(name, value);
      headers.add(name, value);
    },
    clearHeader(name) {
      checks.checkPhase('service.request.clear_header', state.phase);
      checks.checkString('header', name);
      headers.delete(name);
    },
    setHeaders(given) {
      checks.checkPhase('service.request.set_headers', state.phase);
      checks.checkHeaders(given);
      for (const [name, value] of Object.entries(given)) {
        noteHost(name, value);
        headers.set(name, value);
      }
    },
    setRawBody(body) {
      checks.checkPhase('service.request.set_raw_body', state.phase);
      if (!(body instanceof Uint8Array)) checks.checkString('body', body);
      replaceBody(bytesOf(body));
    },
    setBody(args, mimetype) {
      checks.checkPhase('service.request.set_body', state.phase);
      checks.checkArgs(args);
      if (mimetype !== undefined) checks.checkString('mime', mimetype);
      const contentType = mimetype ?? headers.get('content-type');
      if (contentType === undefined) throw checks.pdkError(checks.contentTypeUnknown);
      const encoded = encodeBody(args, contentType);
      replaceBody(encoded.body);
      headers.set('Content-Type', encoded.contentType);
    },
  };
}

function createServiceResponse(state: ExchangeState): KongServiceResponse {
  const body = (): string => {
    if (!state.upstream.isBuffered) throw checks.pdkError(checks.bodyNotBuffered);
    return Buffer.from(state.upstreamAnswer?.body ?? new Uint8Array()).toString('latin1');
  };
  return {
    getStatus() {
      checks.checkPhase('service.response.get_status', state.phase);
      return state.upstreamAnswer?.status;
    },
    getHeader(name) {
      checks.checkPhase('service.response.get_header', state.phase);
      checks.checkString('name', name);
      return state.upstreamAnswer?.headers.get(name);
    },
    getHeaders(maxHeaders) {
      checks.checkPhase('service.response.get_headers', state.phase);
      if (maxHeaders !== undefined) checks.checkMaximum('max_headers', maxHeaders);
      return state.upstreamAnswer?.headers.table(maxHeaders ?? 100);
    },
    getRawBody() {
      checks.checkPhase('service.response.get_raw_body', state.phase);
      return body();
    },
    getBody(mimetype) {
      checks.checkPhase('service.response.get_body', state.phase);
      return parseBody(mimetype ?? state.upstreamAnswer?.headers.get('content-type'), body());
    },
  };
}
