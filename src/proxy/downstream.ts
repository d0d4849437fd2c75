import type { ClientCertificate, HandshakeWishes } from './handshake.ts';
import type { ProxiedPeer } from './listeners/proxy-protocol/result.ts';

/** What is known of a client's connection; the same for all requests on it. */
export interface ClientConnection {
  /** Number of the connection in its worker, from 1. */
  readonly serial: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  /** The port that we listen on. */
  readonly localPort: number;
  /** The port that the client connected to, after `port_maps`. */
  readonly forwardedPort: number;
  readonly scheme: 'http' | 'https';
  /** Lower case, without a trailing dot; undefined without TLS or without a name. */
  readonly sni: string | undefined;
  /** The peer is within `trusted_ips`. */
  readonly isTrusted: boolean;
  /** Who is behind the peer by the PROXY protocol; undefined when nobody said. */
  readonly proxied?: ProxiedPeer | undefined;
  /** X-Forwarded-For's last element with CRLF, then lines of X-Forwarded-Proto, -Port and X-Real-IP: the same all along. */
  readonly forwardedLines: string;
  /** The part of requests to an upstream that did not change since the last one; kept by whoever writes them. */
  fixedPart: { readonly host: string; readonly text: string } | undefined;
  /** What handlers want of the handshake, while it is about to begin. */
  readonly handshake: HandshakeWishes | undefined;
  /** The certificate that the client sent when it was asked for one. */
  readonly certificate: ClientCertificate | undefined;
  /** What the handshake agreed upon, for the log entry. */
  readonly tls: { readonly version: string; readonly cipher: string } | undefined;
}

/** Where the bytes of a request's body go. Bytes may be kept beyond the call only while the body is paused. */
export interface BodySink {
  /** `isLast` when nothing will follow. */
  onBody(bytes: Buffer, start: number, end: number, isLast: boolean): void;
  /** The body ended behind bytes that were handed over before. `trailers` are lines ending in CRLF; HTTP/1 has none to tell. */
  onBodyEnd(trailers?: string): void;
  /** The body cannot be had: too large, malformed, too slow. The status is what the client should be told. */
  onBodyFault(status: number, message?: string): void;
}

/** Length of a message body that is not known beforehand. */
export const unknownLength = -1;
/** For a message that can have no body, whatever its head says. */
export const noBody = -2;

/** A client that one request came from, whatever protocol it speaks. */
export interface Downstream {
  readonly client: ClientConnection;
  /** 1, 1.1 or 2. */
  readonly httpVersion: number;
  /** The client is still there. */
  readonly isOpen: boolean;
  /** Requests on the connection so far, this one included. */
  readonly requestCount: number;

  /** True when the request has a body of which something is still to come or to be read. */
  readonly hasUnreadBody: boolean;
  /** Bytes of the body by the request's head, {@link unknownLength} for a chunked one, 0 for none. */
  readonly bodyLength: number;
  /** Begins, or goes on, to hand over the request's body. */
  readBody(sink: BodySink): void;
  /** Hands nothing over until {@link Downstream.resumeBody}. */
  pauseBody(): void;
  resumeBody(): void;

  /** Sends an interim answer (1xx). */
  sendInterim(statusText: string, lines: string): void;
  /**
   * Begins the answer: `lines` are header lines ending in CRLF, without framing and Connection, which are added here.
   * `length` is the body's, or {@link unknownLength}, or {@link noBody}; `shownLength` is sent as Content-Length for an
   * answer without body, such as one to HEAD.
   */
  sendHead(statusText: string, lines: string, length: number, shownLength?: number): void;
  /** Switches protocols: from here on bytes pass as they are, both ways. */
  sendUpgrade(lines: string): void;
  /** A run of the body, one character a byte. */
  sendText(text: string): void;
  /** A run of the body. Long runs are not copied: they must stay as they are until {@link Downstream.flush} is true. */
  sendBytes(bytes: Buffer, start: number, end: number): void;
  /** Ends the answer. */
  sendEnd(trailers: string): void;
  /** Writes out what was gathered. False when the sink should wait for the exchange's `onClientWritable`. */
  flush(): boolean;
  /** Cuts the connection, so that an incomplete answer can never look complete; an HTTP/2 stream ends with `code`. */
  abort(code?: number): void;
  /** No request will follow on this connection. */
  closeAfterwards(): void;
  /** The exchange is over; the next request may begin. */
  finish(): void;
}
