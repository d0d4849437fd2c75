/**
 * HTTP/2: frames, HPACK, flow control and what a peer may ask for, as RFC 9113 and RFC 7541 have them, for either side of a
 * connection. It is handed bytes, what to write to and the time: no sockets of its own, no timers, no clock, no knowledge of
 * routes, plugins or HTTP/1 beyond the look of a header line.
 */
export { ChunkPool } from './chunk-pool.ts';
export { Field, FieldKind } from './field.ts';
export { FrameReader } from './frame-reader.ts';
export { defaultWindow, ErrorCode, maxWindow, preface, Setting } from './frames.ts';
export { type FieldVisitor, HpackDecoder, ignoredFields } from './hpack-decoder.ts';
export { HpackEncoder } from './hpack-encoder.ts';
export { LineCache } from './line-cache.ts';
export type { Http2Shared } from './output.ts';
export type { StreamSession } from './send-side.ts';
export { Http2Session } from './session.ts';
export { TrailerFields } from './trailer-fields.ts';
export { TurnEnd } from './turn-end.ts';
export { TwoWayStream } from './two-way-stream.ts';
