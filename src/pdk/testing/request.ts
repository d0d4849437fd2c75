import { normalizePath } from '../../kernel/index.ts';
import { parseArgs } from '../args.ts';
import { isParsable, parseBody } from '../body.ts';
import { checkMaximum, checkPhase, checkString } from '../checks.ts';
import type { KongRequest } from '../kong.ts';
import { textOfLatin1 } from '../text.ts';
import type { ExchangeState } from './state.ts';

/** `kong.request` over a fake exchange. */
export function createRequest(state: ExchangeState): KongRequest {
  const request = state.options.request ?? {};
  const headers = state.requestHeaders;
  const latin1Body = (): string => Buffer.from(state.requestBody).toString('latin1');
  const forwarded = (name: string): string | undefined =>
    state.isTrusted(state.clientIp) ? headers.get(name) : undefined;

  function readBody(): Promise<string>;
  function readBody(maxBytes: number): Promise<string | undefined>;
  function readBody(maxBytes = Number.POSITIVE_INFINITY): Promise<string | undefined> {
    checkPhase('request.get_raw_body', state.phase);
    return Promise.resolve(state.requestBody.length > maxBytes ? undefined : latin1Body());
  }

  return {
    getScheme() {
      checkPhase('request.get_scheme', state.phase);
      return state.scheme;
    },
    getHost() {
      checkPhase('request.get_host', state.phase);
      return state.authority;
    },
    getPort() {
      checkPhase('request.get_port', state.phase);
      return state.port;
    },
    getForwardedScheme() {
      checkPhase('request.get_forwarded_scheme', state.phase);
      return forwarded('x-forwarded-proto')?.toLowerCase() ?? state.scheme;
    },
    getForwardedHost() {
      checkPhase('request.get_forwarded_host', state.phase);
      const host = forwarded('x-forwarded-host');
      return host === undefined ? state.authority : withoutUser(host).split(':', 1)[0]!.toLowerCase();
    },
    getForwardedPort() {
      checkPhase('request.get_forwarded_port', state.phase);
      const host = forwarded('x-forwarded-host');
      return (
        portOf(forwarded('x-forwarded-port')) ??
        portOf(host === undefined ? undefined : withoutUser(host).split(':')[1]) ??
        state.options.hostPorts?.[state.port] ??
        state.port
      );
    },
    getForwardedPath() {
      checkPhase('request.get_forwarded_path', state.phase);
      return forwarded('x-forwarded-path') ?? textOfLatin1(normalizePath(state.rawPath));
    },
    getForwardedPrefix() {
      checkPhase('request.get_forwarded_prefix', state.phase);
      return forwarded('x-forwarded-prefix');
    },
    getHttpVersion() {
      checkPhase('request.get_http_version', state.phase);
      return state.httpVersion;
    },
    getMethod() {
      checkPhase('request.get_method', state.phase);
      return state.method;
    },
    getPath() {
      checkPhase('request.get_path', state.phase);
      return textOfLatin1(normalizePath(state.rawPath));
    },
    getRawPath() {
      checkPhase('request.get_raw_path', state.phase);
      return state.rawPath;
    },
    getPathWithQuery() {
      checkPhase('request.get_path_with_query', state.phase);
      return state.target;
    },
    getRawQuery() {
      checkPhase('request.get_raw_query', state.phase);
      return state.query;
    },
    getQueryArg(name) {
      checkPhase('request.get_query_arg', state.phase);
      checkString('query argument name', name);
      const value = parseArgs(state.query)[name];
      return typeof value === 'object' ? value[0] : value;
    },
    getQuery(maxArgs) {
      checkPhase('request.get_query', state.phase);
      if (maxArgs !== undefined) checkMaximum('max_args', maxArgs);
      return parseArgs(state.query, maxArgs);
    },
    getHeader(name) {
      checkPhase('request.get_header', state.phase);
      checkString('header name', name);
      return headers.get(name);
    },
    getHeaderValues(name) {
      checkPhase('request.get_header_values', state.phase);
      checkString('header name', name);
      return headers.values(name);
    },
    getHeaders(maxHeaders) {
      checkPhase('request.get_headers', state.phase);
      if (maxHeaders !== undefined) checkMaximum('max_headers', maxHeaders);
      return headers.table(maxHeaders ?? 100);
    },
    getRawBody: readBody,
    getBody(mimetype, maxArgs) {
      checkPhase('request.get_body', state.phase);
      if (maxArgs !== undefined) checkMaximum('max_args', maxArgs);
      const contentType = mimetype ?? headers.get('content-type');
      return Promise.resolve(parseBody(contentType, isParsable(contentType) ? latin1Body() : '', maxArgs));
    },
    getStartTime() {
      checkPhase('request.get_start_time', state.phase);
      return state.startedAt;
    },
    getUriCaptures() {
      checkPhase('request.get_uri_captures', state.phase);
      return { named: request.captures?.named ?? {}, unnamed: request.captures?.unnamed ?? [] };
    },
  };
}

function withoutUser(host: string): string {
  return host.slice(host.indexOf('@') + 1);
}

function portOf(text: string | undefined): number | undefined {
  const port = text === undefined ? Number.NaN : Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}
