import { headerTable, searchForm } from '../../http1/index.ts';
import type { Args, HeaderTable, KongRequest, ParsedBody } from '../../pdk/index.ts';
import {
  checkMaximum,
  checkString,
  headerKey,
  isParsable,
  parseArgs,
  parseBody,
  textOfLatin1,
} from '../../pdk/support.ts';
import { hostName } from '../phases/upstream-request.ts';
import { collectBody, collectSmallBody } from './body-collector.ts';
import type { Exchange } from './exchange.ts';
import { phasesOf, refusePhase } from './phase-check.ts';

const inRequest = phasesOf('request.get_header');
const withBody = phasesOf('request.get_raw_body');
const noCaptures = Object.freeze({ named: Object.freeze({}), unnamed: Object.freeze([]) as readonly string[] });

/** `kong.request` over an exchange. */
export class RequestApi implements KongRequest {
  readonly #x: Exchange;
  #args: Args | undefined;
  #argsOf: string | undefined;

  constructor(x: Exchange) {
    this.#x = x;
  }

  getScheme(): 'http' | 'https' {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_scheme', this.#x.phase);
    return this.#x.scheme;
  }

  getHost(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_host', this.#x.phase);
    return hostName(this.#x.host);
  }

  getPort(): number {
    return this.#x.down.client.localPort;
  }

  getForwardedScheme(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_forwarded_scheme', this.#x.phase);
    return this.#trusted(this.#x.head.forwardedProto)?.toLowerCase() ?? this.#x.scheme;
  }

  getForwardedHost(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_forwarded_host', this.#x.phase);
    const host = this.#trusted(this.#x.head.forwardedHost);
    return host === undefined ? hostName(this.#x.host) : hostName(withoutUser(host)).toLowerCase();
  }

  getForwardedPort(): number {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_forwarded_port', this.#x.phase);
    const { head, down } = this.#x;
    const host = this.#trusted(head.forwardedHost);
    return (
      portOf(this.#trusted(head.forwardedPort)) ??
      portOf(host === undefined ? undefined : /:(\d+)$/.exec(withoutUser(host))?.[1]) ??
      down.client.forwardedPort
    );
  }

  getForwardedPath(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_forwarded_path', this.#x.phase);
    return this.#trusted(this.#x.head.forwardedPath) ?? textOfLatin1(this.#x.path);
  }

  getForwardedPrefix(): string | undefined {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_forwarded_prefix', this.#x.phase);
    return this.#trusted(this.#x.head.forwardedPrefix);
  }

  getHttpVersion(): number {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_http_version', this.#x.phase);
    return this.#x.down.httpVersion;
  }

  getMethod(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_method', this.#x.phase);
    return this.#x.upstreamMethod ?? this.#x.method;
  }

  getPath(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_path', this.#x.phase);
    return textOfLatin1(this.#x.path);
  }

  getRawPath(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_raw_path', this.#x.phase);
    return this.#x.rawPath;
  }

  getPathWithQuery(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_path_with_query', this.#x.phase);
    const { rawPath, query } = this.#x;
    return query === undefined ? rawPath : `${rawPath}?${query}`;
  }

  getRawQuery(): string {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_raw_query', this.#x.phase);
    return this.#x.upstreamQuery ?? '';
  }

  getQueryArg(name: string): string | boolean | undefined {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_query_arg', this.#x.phase);
    checkString('query argument name', name);
    const query = this.#x.upstreamQuery;
    if (query === undefined || query === '') return undefined;
    if (this.#args === undefined || this.#argsOf !== query) {
      this.#args = parseArgs(query, this.#x.runtime.settings.maxArgs);
      this.#argsOf = query;
    }
    const value = this.#args[name];
    return typeof value === 'object' ? value[0] : value;
  }

  getQuery(maxArgs?: number): Args {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_query', this.#x.phase);
    if (maxArgs !== undefined) checkMaximum('max_args', maxArgs);
    return parseArgs(this.#x.upstreamQuery ?? '', maxArgs ?? this.#x.runtime.settings.maxArgs);
  }

  getHeader(name: string): string | undefined {
    const x = this.#x;
    if ((inRequest & x.phase) === 0) refusePhase('request.get_header', x.phase);
    checkString('header name', name);
    const key = headerKey(name);
    const edits = x.requestEdits;
    const value = edits === undefined ? x.firstHeader(key) : edits.first(x.head.block, x.search, key);
    return value === undefined ? undefined : textOfLatin1(value);
  }

  getHeaderValues(name: string): readonly string[] {
    const x = this.#x;
    if ((inRequest & x.phase) === 0) refusePhase('request.get_header_values', x.phase);
    checkString('header name', name);
    const key = headerKey(name);
    if (x.requestEdits?.touches(key) === true) {
      const lines = `\n${x.requestEdits.apply(x.head.block.slice(1))}`;
      return valuesIn(lines, key);
    }
    return x.header(key)?.map(textOfLatin1) ?? [];
  }

  getHeaders(maxHeaders?: number): HeaderTable {
    const x = this.#x;
    if ((inRequest & x.phase) === 0) refusePhase('request.get_headers', x.phase);
    if (maxHeaders !== undefined) checkMaximum('max_headers', maxHeaders);
    const most = maxHeaders ?? x.runtime.settings.maxHeaders;
    return x.requestEdits === undefined ? headerTable(x.head.block, most) : x.requestEdits.table(x.head.block, most);
  }

  getRawBody(): Promise<string>;
  getRawBody(maxBytes: number): Promise<string | undefined>;
  getRawBody(maxBytes?: number): Promise<string | undefined> {
    if ((withBody & this.#x.phase) === 0) refusePhase('request.get_raw_body', this.#x.phase);
    return maxBytes === undefined ? collectBody(this.#x) : collectSmallBody(this.#x, maxBytes);
  }

  getBody(mimetype?: string, maxArgs?: number): Promise<ParsedBody> {
    const x = this.#x;
    if ((withBody & x.phase) === 0) refusePhase('request.get_body', x.phase);
    if (maxArgs !== undefined) checkMaximum('max_args', maxArgs);
    return this.#parseBody(mimetype ?? this.getHeader('content-type'), maxArgs ?? x.runtime.settings.maxArgs);
  }

  async #parseBody(contentType: string | undefined, maxArgs: number): Promise<ParsedBody> {
    return parseBody(contentType, isParsable(contentType) ? await collectBody(this.#x) : '', maxArgs);
  }

  getStartTime(): number {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_start_time', this.#x.phase);
    return this.#x.startedAt;
  }

  getUriCaptures(): { readonly named: { readonly [name: string]: string }; readonly unnamed: readonly string[] } {
    if ((inRequest & this.#x.phase) === 0) refusePhase('request.get_uri_captures', this.#x.phase);
    return this.#x.match?.captures ?? noCaptures;
  }

  #trusted(value: string | undefined): string | undefined {
    return this.#x.down.client.isTrusted ? value : undefined;
  }
}

function valuesIn(lines: string, key: string): readonly string[] {
  const search = searchForm(lines);
  const values: string[] = [];
  const name = `\n${key}:`;
  for (let at = search.indexOf(name); at !== -1; at = search.indexOf(name, at + 1)) {
    const end = lines.indexOf('\r', at);
    values.push(textOfLatin1(lines.slice(at + name.length, end === -1 ? undefined : end).trim()));
  }
  return values;
}

function withoutUser(host: string): string {
  return host.slice(host.indexOf('@') + 1);
}

function portOf(text: string | undefined): number | undefined {
  const port = text === undefined ? Number.NaN : Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : undefined;
}
