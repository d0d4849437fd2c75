import type { Peer } from '../../balancer/index.ts';
import { cutNames, flat } from '../../http1/index.ts';
import { buildUpstreamPath } from '../../router/index.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Sets the request's way to its service as the route has it; plugins may change all of it afterwards. */
export function prepareUpstream(x: Exchange): void {
  const service = x.service!;
  const route = x.route!;
  const match = x.match!;
  x.upstreamScheme = service.isTls ? 'https' : 'http';
  x.isGrpcUpstream = service.isGrpc;
  x.upstreamPath = buildUpstreamPath(
    service.path === '' ? '/' : service.path,
    x.path,
    match.matchedPath,
    route.stripPath,
    route.pathHandling,
  );
  x.timeouts = service.timeouts;
  x.retriesLeft = service.retries;
  x.target = service;
  if (route.preserveHost && x.hostAsSent !== '') x.upstreamHost = x.hostAsSent;
}

/** Path and query as the upstream is asked for them. */
export function upstreamUri(x: Exchange): string {
  return x.upstreamQuery === undefined ? x.upstreamPath : `${x.upstreamPath}?${x.upstreamQuery}`;
}

/** The peer's name, or the upstream's `host_header`, with the peer's port where it is not the scheme's own (Kong 3.9). */
export function ownHost(x: Exchange, peer: Peer, hostHeader: string | undefined): string {
  const standardPort = x.upstreamScheme === 'https' ? 443 : 80;
  if (hostHeader === undefined && peer.targetId !== undefined && peer.port !== standardPort) return peer.authority;
  if (hostHeader !== undefined && /[^:]:\d+$/.test(hostHeader)) return hostHeader;
  const name = hostHeader ?? peer.host;
  const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  const port = peer.targetId === undefined ? x.target!.port : peer.port;
  return port === standardPort ? host : `${host}:${port}`;
}

/**
 * The head of the request for the upstream up to its framing, which the caller adds with the empty line. Lines that nobody
 * touched are passed on as they came.
 */
export function upstreamHead(x: Exchange, hostHeader: string): string {
  const { head } = x;
  const { client } = x.down;

  const isUpgrade = wantsUpgrade(x);
  const method = x.upstreamMethod ?? head.method;
  if (!client.isTrusted && head.forwardedFor === undefined && head.via === undefined && !isUpgrade) {
    // By far the most requests: all but path, peer, id and the client's own lines is the same as last time.
    let fixed = client.fixedPart;
    if (fixed === undefined || fixed.host !== x.host) {
      fixed = {
        host: x.host,
        text: flat(
          `\r\nConnection: keep-alive\r\nVia: ${receivedVia(x)}\r\n` +
            `X-Forwarded-For: ${client.forwardedLines}X-Forwarded-Host: ${hostName(x.host)}\r\nX-Forwarded-Path: `,
        ),
      };
      client.fixedPart = fixed;
    }
    return `${method} ${upstreamUri(x)} HTTP/1.1\r\nHost: ${hostHeader}${fixed.text}${x.rawPath}\r\n${otherLines(x)}`;
  }
  const connection = isUpgrade
    ? 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n'
    : 'Connection: keep-alive\r\n';
  return `${method} ${upstreamUri(x)} HTTP/1.1\r\nHost: ${hostHeader}\r\n${connection}${forwardedLines(x)}${otherLines(x)}`;
}

/** The header lines of the request for an upstream that speaks HTTP/2, those of the pseudo-headers first. */
export function upstreamLines(x: Exchange, hostHeader: string): string {
  return (
    `:method: ${x.upstreamMethod ?? x.head.method}\r\n:scheme: ${x.upstreamScheme}\r\n:path: ${upstreamUri(x)}\r\n` +
    `:authority: ${hostHeader}\r\n${forwardedLines(x)}${otherLines(x)}`
  );
}

/** Via, X-Real-IP and those of X-Forwarded-* that every request has. */
function forwardedLines(x: Exchange): string {
  const { head } = x;
  const { client } = x.down;
  let forwarded: string;
  if (client.isTrusted) {
    forwarded =
      `X-Forwarded-For: ${head.forwardedFor === undefined ? '' : `${head.forwardedFor}, `}${client.remoteAddress}\r\n` +
      `X-Forwarded-Proto: ${head.forwardedProto ?? client.scheme}\r\n` +
      `X-Forwarded-Host: ${head.forwardedHost ?? hostName(x.host)}\r\n` +
      `X-Forwarded-Port: ${head.forwardedPort ?? client.forwardedPort}\r\n` +
      `X-Forwarded-Path: ${head.forwardedPath ?? x.rawPath}\r\n` +
      `X-Real-IP: ${x.clientIp}\r\n`;
  } else {
    forwarded =
      (head.forwardedFor === undefined ? 'X-Forwarded-For: ' : `X-Forwarded-For: ${head.forwardedFor}, `) +
      `${client.forwardedLines}X-Forwarded-Host: ${hostName(x.host)}\r\nX-Forwarded-Path: ${x.rawPath}\r\n`;
  }
  return `${forwarded}Via: ${head.via === undefined ? '' : `${head.via}, `}${receivedVia(x)}\r\n`;
}

/** Our element of Via: the protocol in which the message came (RFC 9110 section 7.6.3). */
function receivedVia(x: Exchange): string {
  const { settings } = x.runtime;
  return x.down.httpVersion === 2 ? settings.viaToken2 : settings.viaToken;
}

/** The prefix that was stripped, the request's id, and the client's own lines as plugins changed them. */
function otherLines(x: Exchange): string {
  const { head, requestEdits: edits } = x;
  let untouched = head.untouched;
  if (head.nominated !== undefined) untouched = cutNames(untouched, head.nominated);
  if (edits !== undefined) untouched = edits.apply(untouched, head);
  const prefix = forwardedPrefix(x);
  const prefixLine = prefix === undefined ? '' : `X-Forwarded-Prefix: ${prefix}\r\n`;
  const te = head.teTrailers ? 'TE: trailers\r\n' : '';
  const id = x.runtime.settings.sendsRequestIdUpstream ? `X-Kong-Request-Id: ${x.requestId}\r\n` : '';
  return prefixLine + id + te + untouched;
}

/**
 * True for a request to switch to WebSocket. Other protocols are not switched to, as in Kong: HTTP/2 over such a connection
 * would carry requests that no route and no plugin saw.
 */
export function wantsUpgrade({ head }: Exchange): boolean {
  return head.upgrade !== undefined && head.connectionUpgrade && head.minor > 0 && /^websocket$/i.test(head.upgrade);
}

/** X-Forwarded-Prefix: that of a trusted client, else the part of the path that was stripped; undefined for none. */
export function forwardedPrefix(x: Exchange): string | undefined {
  const given = x.down.client.isTrusted ? x.head.forwardedPrefix : undefined;
  if (given !== undefined) return given;
  const matched = x.match?.matchedPath;
  return x.route?.stripPath === true && matched !== undefined && matched !== '/' && matched !== ''
    ? matched
    : undefined;
}

/** A host without its port; brackets of IPv6 stay. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  return colon === -1 || host.indexOf(']', colon) !== -1 ? host : host.substring(0, colon);
}
