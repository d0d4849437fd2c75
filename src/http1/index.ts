/**
 * HTTP/1: message heads, body framing and serialising as RFC 9112 has them, strictly. Pure functions over bytes and
 * strings: no sockets, no timers, no knowledge of routes or plugins.
 */
export { isHost } from './chars.ts';
export { type ChunkedDecoder, ChunkedFault, createChunkedDecoder } from './chunked.ts';
export { HeadAccumulator } from './head-accumulator.ts';
export {
  findHeader,
  forEachHeader,
  headerTable,
  headerValues,
  mayHold,
  type SearchBlock,
  searchForm,
  valueAt,
} from './header-block.ts';
export { cutNames, HeaderEdits, headerText, headerTexts } from './header-edits.ts';
export { flat, latin1 } from './latin1.ts';
export { defaultHeadLimits, HeadFault, type HeadLimits } from './limits.ts';
export { parseRequestHead, RequestHead } from './request-head.ts';
export { parseResponseHead, ResponseHead } from './response-head.ts';
export { statusLine } from './status.ts';
