import type { Choice, Peer, UpstreamRow } from '../../balancer/index.ts';
import { latin1, type ResponseHead } from '../../http1/index.ts';
import type { Carrier, ResponseSink, TransportFault, UpstreamTls } from '../../transport/index.ts';
import { type BodySink, noBody, unknownLength } from '../downstream.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { answerWithError, answerWithFault } from './answer.ts';
import { tryNext } from './balancer.ts';
import { type HashCookie, setHashCookie } from './hash-cookie.ts';
import { isIdempotent, mayRepeat } from './repeatable.ts';
import { ResponseRelay } from './response.ts';
import { ownHost, upstreamHead, upstreamLines, wantsUpgrade } from './upstream-request.ts';

/** One try to reach a peer, for the log entry. Times are milliseconds since the epoch. */
export interface Try {
  readonly ip: string;
  readonly port: number;
  readonly startedAt: number;
  /** How long picking took. */
  readonly latency: number;
  failed: boolean;
  code: number | undefined;
}

/** Runs of a body up to this size are sent as text, which copies them but spares a write of their own. */
const textLimit = 16_384;

const noPeers: Peer[] = [];
/**
 * The way of one request to the upstream and of the answer back. It sends the request to one peer after another until one
 * answers, as long as nothing is lost or done twice, and hands the answer to its relay.
 */
export class Passage implements ResponseSink, BodySink, Choice {
  readonly #x: Exchange;
  #connection: Carrier | undefined;
  #peer: Peer | undefined;
  readonly tries: Try[] = [];
  /** Peers of earlier tries. */
  tried: Peer[] = noPeers;
  /** The row of the Upstream that the peer belongs to; undefined for the host of a service that is none. */
  upstream: UpstreamRow | undefined = undefined;
  /** What consistent hashing hashes, once it was looked for. */
  hashKey: string | undefined = undefined;
  isHashed = false;
  /** To be set by the answer. */
  hashCookie: HashCookie | undefined = undefined;
  readonly relay: ResponseRelay;

  /**
   * What follows the head's lines: framing and what of the body was gathered at first, or in HTTP/2 that alone. It is enough
   * to send the request again while no more was read.
   */
  #firstPart = '';
  /** Length of the body as it is told in HTTP/2. */
  #length = noBody;
  #trailers = '';
  #isFirstPartWhole = false;
  /** More of the body than its first part was sent: a second try is impossible. */
  #isStreamed = false;
  #isGathering = false;
  #gathered = '';
  #isGatheredLast = false;
  #isChunked = false;
  #hasBodyBegun = false;
  #isBodyOver = false;
  #isStaleReplayed = false;
  #isReleased = true;

  constructor(x: Exchange) {
    this.#x = x;
    this.relay = new ResponseRelay(x, this);
  }

  /** The address of the peer that the request went to last. */
  get peer(): Peer | undefined {
    return this.#peer;
  }

  /** Sends the request to a peer that was picked; `since` is when that began if it took time. */
  start(peer: Peer, since = 0): void {
    this.#peer = peer;
    this.#isReleased = false;
    this.#send(peer, false, since);
  }

  #send(peer: Peer, isFresh: boolean, since = 0): void {
    const x = this.#x;
    const { runtime } = x;
    const { upstream } = this;
    const hostHeader = x.upstreamHost ?? ownHost(x, peer, upstream?.host_header ?? undefined);
    const tls =
      x.upstreamScheme === 'https'
        ? runtime.tls.of(x.service, hostHeader, upstream?.client_certificate?.id)
        : undefined;
    this.tries.push({
      ip: peer.ip,
      port: peer.port,
      startedAt: since !== 0 ? since : this.tries.length === 0 ? x.proxiedAt : runtime.clock.now(),
      latency: since === 0 ? 0 : runtime.clock.now() - since,
      failed: false,
      code: undefined,
    });
    if (x.isGrpcUpstream) {
      this.#sendHttp2(peer, hostHeader, tls, isFresh);
      return;
    }
    const head = upstreamHead(x, hostHeader);
    if (!this.#hasBodyBegun) this.#gather();
    // What was here of the body may have been refused.
    if (x.isOver || x.isHeadSent) return;
    const connection = isFresh ? runtime.pool.acquireFresh(peer, tls) : runtime.pool.acquire(peer, tls);
    this.#connection = connection;
    connection.send(head + this.#firstPart, this.#isFirstPartWhole, this, x.timeouts!, {
      isHead: (x.upstreamMethod ?? x.head.method) === 'HEAD',
      wantsUpgrade: wantsUpgrade(x),
      // Not while a body is on its way: such a request could not be tried again.
      answerWithin: x.retryPolicy === undefined || !this.#isFirstPartWhole ? 0 : x.retryPolicy.tryTimeout,
    });
    if (!this.#isFirstPartWhole && connection.isConnected) this.#streamBody();
  }

  #sendHttp2(peer: Peer, hostHeader: string, tls: UpstreamTls | undefined, isFresh: boolean): void {
    const x = this.#x;
    if (!this.#hasBodyBegun) this.#gather();
    if (x.isOver || x.isHeadSent) return;
    const request = x.runtime.pool.http2(peer, tls, isFresh);
    this.#connection = request;
    const isWhole = this.#isFirstPartWhole;
    const parts = {
      lines: upstreamLines(x, hostHeader),
      length: this.#length,
      body: this.#firstPart,
      isWhole,
      trailers: this.#trailers,
      isHead: (x.upstreamMethod ?? x.head.method) === 'HEAD',
      answerWithin: x.retryPolicy === undefined || !isWhole ? 0 : x.retryPolicy.tryTimeout,
    };
    request.send(parts, this, x.timeouts!);
    if (!isWhole && request.isConnected) this.#streamBody();
  }

  /** Takes what of the request's body is already here, so that head and a small body leave in one write. */
  #gather(): void {
    const x = this.#x;
    const { down } = x;
    this.#hasBodyBegun = true;
    if (x.requestBody !== undefined) {
      const sized = x.requestBody.length > 0 || hasContent(x.head.method) || x.head.contentLength >= 0;
      this.#frame(x.requestBody, sized ? x.requestBody.length : noBody);
      this.#isFirstPartWhole = true;
      this.#isBodyOver = true;
      return;
    }
    if (!down.hasUnreadBody) {
      this.#frame('', x.head.contentLength >= 0 ? 0 : noBody);
      this.#isFirstPartWhole = true;
      this.#isBodyOver = true;
      return;
    }
    this.#isGathering = true;
    down.readBody(this);
    this.#isGathering = false;
    if (x.isOver) return;
    const body = this.#gathered;
    this.#gathered = '';
    const length = down.bodyLength;
    if (this.#isGatheredLast) {
      // The whole body is here, so its length is known even if it came in chunks.
      this.#frame(body, body.length);
      this.#isFirstPartWhole = true;
      this.#isBodyOver = true;
    } else this.#frame(body, length);
    if (!this.#isBodyOver) down.pauseBody();
  }

  /** Takes over the beginning of a body, or all of it; `length` is the whole's. */
  #frame(body: string, length: number): void {
    if (this.#x.isGrpcUpstream) {
      // A length that the client did not tell is none of the peer's business: there is no framing to derive from it.
      this.#length = this.#x.requestBody !== undefined ? length : this.#x.head.contentLength;
      this.#firstPart = body;
    } else if (length === unknownLength) {
      this.#isChunked = true;
      this.#firstPart = `Transfer-Encoding: chunked\r\n\r\n${body === '' ? '' : chunk(body)}`;
    } else this.#firstPart = length === noBody ? '\r\n' : `Content-Length: ${length}\r\n\r\n${body}`;
  }

  #streamBody(): void {
    this.#x.down.resumeBody();
  }

  // BodySink: the request's body from the client.

  onBody(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    const x = this.#x;
    x.requestBytes += end - start;
    if (this.#isGathering) {
      this.#gathered += latin1(bytes, start, end);
      if (isLast) this.#isGatheredLast = true;
      else if (this.#gathered.length >= textLimit) x.down.pauseBody();
      return;
    }
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#isStreamed = true;
    const length = end - start;
    if (length > 0) {
      if (length <= textLimit) {
        const text = latin1(bytes, start, end);
        connection.writeText(this.#isChunked ? chunk(text) : text);
      } else if (this.#isChunked) {
        connection.writeText(`${length.toString(16)}\r\n`);
        connection.writeBytes(bytes.subarray(start, end));
        connection.writeText('\r\n');
      } else connection.writeBytes(bytes.subarray(start, end));
    }
    if (isLast) this.#endBody();
    if (connection.isFull) x.down.pauseBody();
  }

  onBodyEnd(trailers = ''): void {
    this.#trailers = trailers;
    if (this.#isGathering) {
      this.#isGatheredLast = true;
      return;
    }
    this.#endBody();
  }

  #endBody(): void {
    if (this.#isBodyOver) return;
    this.#isBodyOver = true;
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#isStreamed = true;
    if (this.#isChunked) connection.writeText('0\r\n\r\n');
    connection.finishBody(this.#trailers);
  }

  onBodyFault(status: number, message?: string): void {
    this.abandon();
    answerWithError(this.#x, status, message);
  }

  // ResponseSink: the answer from the upstream.

  onWritable(): void {
    if (!this.#isBodyOver) this.#streamBody();
  }

  onInterim(head: ResponseHead): void {
    // RFC 9110 section 15.2: never to an HTTP/1.0 client. 100 was already said when the body was asked for.
    if (this.#x.head.minor > 0 && head.status !== 100) this.#x.down.sendInterim(head.statusText, head.untouched);
  }

  onHead(head: ResponseHead, hasBody: boolean): void {
    const x = this.#x;
    x.headedAt = x.runtime.clock.now();
    const peer = this.#peer!;
    const attempt = this.tries.at(-1)!;
    peer.report('answered', head.status, x.headedAt - attempt.startedAt, x.ejectionPolicy);
    x.upstreamStatuses = x.upstreamStatuses === '' ? String(head.status) : `${x.upstreamStatuses}, ${head.status}`;
    if (x.retryPolicy?.statuses.has(head.status) && !this.#isStreamed && mayRepeat(x, true)) {
      attempt.failed = true;
      attempt.code = head.status;
      x.headedAt = 0;
      this.abandon();
      this.#tryAnother(peer);
      return;
    }
    if (head.status === 101) {
      if (!this.#isBodyOver) {
        // What is still to come of the request would be taken for the other protocol's.
        x.runtime.logger.error(`Cannot switch protocols before the request is whole, request_id: "${x.requestId}"`);
        answerWithError(x, 502);
        return;
      }
      // From here on the client's bytes are the other protocol's, without framing of ours.
      this.#isBodyOver = false;
      this.#isChunked = false;
      this.#isStreamed = true;
    } else if (x.head.upgrade !== undefined && x.down.httpVersion === 2 && head.status < 300) {
      // RFC 8441 section 5: to the client it would look like a tunnel.
      x.runtime.logger.error(
        `Cannot open a WebSocket: the upstream answered ${head.status}, request_id: "${x.requestId}"`,
      );
      answerWithError(x, 502);
      return;
    } else if (!this.#isBodyOver) {
      // The answer came before the request was whole. Both go on side by side, but the client may never end its request.
      x.down.closeAfterwards();
    }
    try {
      if (this.hashCookie !== undefined) setHashCookie(x, this.hashCookie, head);
      this.relay.onHead(head, hasBody);
    } catch (fault) {
      answerWithFault(x, fault);
    }
  }

  onData(bytes: Buffer, start: number, end: number): void {
    try {
      this.relay.onData(bytes, start, end);
    } catch (fault) {
      answerWithFault(this.#x, fault);
    }
  }

  onEnd(trailers: string): void {
    this.#connection = undefined;
    this.#releasePeer();
    try {
      this.relay.onEnd(trailers);
    } catch (fault) {
      answerWithFault(this.#x, fault);
    }
  }

  onFlush(): void {
    // The answer may have been dropped in favour of another try.
    if (this.relay.hasBegun) this.relay.onFlush();
  }

  onFault(fault: TransportFault): void {
    const x = this.#x;
    const peer = this.#peer!;
    this.#connection = undefined;
    const attempt = this.tries.at(-1)!;
    attempt.failed = true;
    attempt.code = fault.status;
    if (x.isHeadSent || this.relay.hasBegun) {
      this.#releasePeer();
      x.runtime.logger.error(`${fault.message}, request_id: "${x.requestId}"`);
      this.relay.onFault(fault);
      return;
    }
    if (
      (fault.kind === 'unprocessed' || (fault.kind === 'stale' && isIdempotent(x.upstreamMethod ?? x.head.method))) &&
      !this.#isStreamed &&
      !x.isOver &&
      !this.#isStaleReplayed
    ) {
      // The peer closed an idle connection as we wrote, or has not looked at the request: no try was spent.
      this.#isStaleReplayed = true;
      this.#send(peer, fault.kind === 'stale');
      return;
    }
    const spent = x.runtime.clock.now() - attempt.startedAt;
    peer.report(fault.status === 504 ? 'timeout' : 'tcp_failure', 0, spent, x.ejectionPolicy);
    this.#releasePeer();
    x.runtime.logger.error(`${fault.message}, request_id: "${x.requestId}"`);
    x.upstreamStatuses = x.upstreamStatuses === '' ? String(fault.status) : `${x.upstreamStatuses}, ${fault.status}`;
    const nothingSent =
      fault.kind === 'connect' ||
      fault.kind === 'connect_timeout' ||
      fault.kind === 'tls' ||
      fault.kind === 'unprocessed';
    if (fault.kind !== 'protocol' && !this.#isStreamed && mayRepeat(x, !nothingSent)) {
      this.#tryAnother(peer);
      return;
    }
    if (this.hashCookie !== undefined) setHashCookie(x, this.hashCookie, undefined);
    answerWithError(x, fault.status);
  }

  #tryAnother(peer: Peer): void {
    const x = this.#x;
    x.retriesLeft -= 1;
    // What comes of the body while no peer is picked would go nowhere.
    if (!this.#isBodyOver) x.down.pauseBody();
    this.tried = [...this.tried, peer];
    tryNext(x);
  }

  /** The client can take more of the answer. */
  onClientWritable(): void {
    this.#connection?.resume();
  }

  /** Stops reading the answer until the client has taken what there is. */
  holdBack(): void {
    this.#connection?.pause();
  }

  /** Gives up whatever is still under way. */
  abandon(): void {
    const connection = this.#connection;
    if (connection !== undefined) {
      this.#connection = undefined;
      connection.destroy();
    }
    this.#releasePeer();
  }

  #releasePeer(): void {
    const peer = this.#peer;
    if (peer === undefined || this.#isReleased) return;
    if (this.#connection === undefined) {
      this.#isReleased = true;
      peer.release();
    }
  }
}

function chunk(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

/** Methods whose requests say how long their content is even when there is none (RFC 9110 section 8.6). */
function hasContent(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
