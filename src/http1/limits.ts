/** Bounds on what a message head may hold; nginx's defaults, which are Kong's. */
export interface HeadLimits {
  /** Bytes of the request line; beyond it 414. */
  readonly requestLine: number;
  /** Bytes of one header line; beyond it Kong's 494, which clients see as 400. */
  readonly line: number;
  /** Bytes of the whole head. */
  readonly total: number;
  /** Header lines. */
  readonly count: number;
}

/** `large_client_header_buffers 4 8k` of nginx. */
export const defaultHeadLimits: HeadLimits = { requestLine: 8192, line: 8192, total: 32768, count: 1000 };

/** Why a head was refused. The negated value is what the parsers return. */
export const HeadFault = {
  /** 400: the grammar of RFC 9112 is broken. */
  malformed: 1,
  /** 414: the request line is too long. */
  uriTooLong: 2,
  /** 494, seen as 400: a header line, or all of them, are too long. */
  headerTooLarge: 3,
  /** 501: a transfer coding that is not chunked (RFC 9112 section 6.1). */
  codingUnknown: 4,
  /** 505: not HTTP/1. */
  versionUnknown: 5,
} as const;
