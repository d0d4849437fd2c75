/**
 * HTTP/2: frames, HPACK, flow control and what a peer may ask for, as RFC 9113 and RFC 7541 have them, for either side of a
 * connection. It is handed bytes, what to write to and the time: no sockets of its own, no timers, no clock, no knowledge of
 * routes, plugins or HTTP/1 beyond the look of a header line.
 */
export { type Chunk, ChunkPool } from './chunk-pool.ts';
export { Field, FieldKind } from './field.ts';
export { FloodGuard, type FloodLimits } from './flood-guard.ts';
export { FrameReader, type FrameSink, type ReadOutcome } from './frame-reader.ts';
export { FrameWriter } from './frame-writer.ts';
export {
  defaultFrameSize,
  defaultWindow,
  ErrorCode,
  Flag,
  FrameType,
  maxWindow,
  preface,
  readUint31,
  Setting,
} from './frames.ts';
export { type FieldVisitor, HpackDecoder, ignoredFields } from './hpack-decoder.ts';
export { HpackEncoder } from './hpack-encoder.ts';
export { LineCache } from './line-cache.ts';
export type { Http2Output, Http2Shared } from './output.ts';
export type { SendSide, StreamSession } from './send-side.ts';
export { Http2Session } from './session.ts';
export { createPeerSettings, type PeerSettings, readSettings } from './settings.ts';
export { TrailerFields } from './trailer-fields.ts';
export { TurnEnd } from './turn-end.ts';
export { TwoWayStream } from './two-way-stream.ts';
