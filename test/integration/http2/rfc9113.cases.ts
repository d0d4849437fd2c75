import { block, type Fields, frame, headers, request, uint32 } from './frame-client.ts';

/** What a client sends after its preface and SETTINGS, and what comes of it. */
export interface ProtocolCase {
  readonly section: string;
  readonly name: string;
  readonly sends: readonly Uint8Array[];
  /**
   * `GOAWAY <code>` ends the connection, whatever came before; `RST_STREAM <stream> <code>` leaves it usable; `<stream>
   * <status>` is an answer.
   */
  readonly expects: string;
}

const post: Fields = request('/', 'POST');
const open = headers(1, post, false);
const blockOfGet = block(request());
const setting = (number: number, value: number): Buffer =>
  frame(4, 0, 0, Buffer.concat([Buffer.from([0, number]), uint32(value)]));
const withField = (name: string, value: string): Buffer => headers(1, request('/', 'GET', [[name, value]]));
const withLength = (length: number): Fields => request('/', 'POST', [['content-length', String(length)]]);

/** RFC 9113 section by section. */
export const protocolCases: readonly ProtocolCase[] = [
  {
    section: '4.1',
    name: 'an unknown type is ignored',
    sends: [frame(0x42, 0, 0, 'abc'), headers(1)],
    expects: '1 200',
  },
  { section: '4.1', name: 'unknown flags are ignored', sends: [frame(1, 0xd7, 1, blockOfGet)], expects: '1 200' },
  {
    section: '4.1',
    name: 'the reserved bit is ignored',
    sends: [frame(1, 5, 0x8000_0001, blockOfGet)],
    expects: '1 200',
  },
  {
    section: '4.2',
    name: 'a frame beyond SETTINGS_MAX_FRAME_SIZE',
    sends: [open, frame(0, 0, 1, Buffer.alloc(16_385))],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '4.3',
    name: 'a block that cannot be decoded',
    sends: [frame(1, 5, 1, Buffer.from([0x80]))],
    expects: 'GOAWAY COMPRESSION_ERROR',
  },
  {
    section: '4.3',
    name: 'a block in three frames',
    sends: [
      frame(1, 1, 1, blockOfGet.subarray(0, 9)),
      frame(9, 0, 1, blockOfGet.subarray(9, 20)),
      frame(9, 4, 1, blockOfGet.subarray(20)),
    ],
    expects: '1 200',
  },
  { section: '5.1', name: 'DATA on an idle stream', sends: [frame(0, 1, 1, 'x')], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '5.1',
    name: 'RST_STREAM on an idle stream',
    sends: [frame(3, 0, 1, uint32(8))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '5.1',
    name: 'WINDOW_UPDATE on an idle stream',
    sends: [frame(8, 0, 1, uint32(8))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '5.1',
    name: 'CONTINUATION on an idle stream',
    sends: [frame(9, 4, 1, blockOfGet)],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '5.1',
    name: 'DATA behind END_STREAM',
    sends: [headers(1, request('/slow')), frame(0, 1, 1, 'x')],
    expects: 'RST_STREAM 1 STREAM_CLOSED',
  },
  {
    section: '5.1',
    name: 'HEADERS behind END_STREAM',
    sends: [headers(1, request('/slow')), headers(1)],
    expects: 'RST_STREAM 1 STREAM_CLOSED',
  },
  {
    section: '5.1',
    name: 'HEADERS behind RST_STREAM',
    sends: [open, frame(3, 0, 1, uint32(8)), headers(1)],
    expects: 'GOAWAY STREAM_CLOSED',
  },
  {
    section: '5.1',
    name: 'DATA behind RST_STREAM',
    sends: [open, frame(3, 0, 1, uint32(8)), frame(0, 1, 1, 'x')],
    expects: 'RST_STREAM 1 STREAM_CLOSED',
  },
  {
    section: '5.1',
    name: 'WINDOW_UPDATE behind RST_STREAM',
    sends: [open, frame(3, 0, 1, uint32(8)), frame(8, 0, 1, uint32(8)), headers(3)],
    expects: '3 200',
  },
  { section: '5.1.1', name: 'an even number', sends: [headers(2)], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '5.1.1',
    name: 'a number that went down',
    sends: [headers(5), headers(3)],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  { section: '5.1.1', name: 'stream 0', sends: [headers(0)], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '5.1.2',
    name: 'more streams than allowed',
    sends: [...Array.from({ length: 129 }, (_, at) => headers(at * 2 + 1, post, false))],
    expects: 'RST_STREAM 257 REFUSED_STREAM',
  },
  { section: '6.1', name: 'DATA on stream 0', sends: [frame(0, 1, 0, 'x')], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '6.1',
    name: 'padded DATA',
    sends: [headers(1, withLength(2), false), frame(0, 9, 1, '\x03ab\0\0\0')],
    expects: '1 200',
  },
  {
    section: '6.1',
    name: 'DATA that is all padding',
    sends: [headers(1, withLength(0), false), frame(0, 9, 1, '\x00')],
    expects: '1 200',
  },
  {
    section: '6.1',
    name: 'padding as long as DATA',
    sends: [open, frame(0, 8, 1, '\x03ab')],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.1',
    name: 'padded DATA without a length',
    sends: [open, frame(0, 8, 1)],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '6.2',
    name: 'padded HEADERS with a priority',
    sends: [frame(1, 0x2d, 1, Buffer.concat([Buffer.from([2, 0, 0, 0, 3, 9]), blockOfGet, Buffer.alloc(2)]))],
    expects: '1 200',
  },
  {
    section: '6.2',
    name: 'padding as long as HEADERS',
    sends: [frame(1, 0xd, 1, Buffer.concat([Buffer.from([200]), blockOfGet]))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.2',
    name: 'HEADERS too short for a priority',
    sends: [frame(1, 0x25, 1, 'abc')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '6.2',
    name: 'a frame inside a block',
    sends: [frame(1, 1, 1, blockOfGet), frame(6, 0, 0, '12345678')],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.2',
    name: 'a block of another stream inside a block',
    sends: [frame(1, 1, 1, blockOfGet), frame(9, 4, 3, blockOfGet)],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.3',
    name: 'PRIORITY is ignored',
    sends: [frame(2, 0, 9, Buffer.from([0, 0, 0, 3, 9])), headers(1)],
    expects: '1 200',
  },
  {
    section: '6.3',
    name: 'PRIORITY on stream 0',
    sends: [frame(2, 0, 0, Buffer.from([0, 0, 0, 3, 9]))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.3',
    name: 'PRIORITY of another length',
    sends: [open, frame(2, 0, 1, Buffer.from([0, 0, 0, 3]))],
    expects: 'RST_STREAM 1 FRAME_SIZE_ERROR',
  },
  {
    section: '6.4',
    name: 'RST_STREAM on stream 0',
    sends: [frame(3, 0, 0, uint32(8))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.4',
    name: 'RST_STREAM of another length',
    sends: [open, frame(3, 0, 1, 'abc')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  { section: '6.5', name: 'SETTINGS on a stream', sends: [frame(4, 0, 1)], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '6.5',
    name: 'SETTINGS of a broken length',
    sends: [frame(4, 0, 0, 'abc')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '6.5',
    name: 'an acknowledgement with content',
    sends: [frame(4, 1, 0, 'abcdef')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  { section: '6.5.2', name: 'SETTINGS_ENABLE_PUSH 2', sends: [setting(2, 2)], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '6.5.2',
    name: 'SETTINGS_INITIAL_WINDOW_SIZE too large',
    sends: [setting(4, 0x8000_0000)],
    expects: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  {
    section: '6.5.2',
    name: 'SETTINGS_MAX_FRAME_SIZE too small',
    sends: [setting(5, 16_383)],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  { section: '6.5.2', name: 'an unknown setting is ignored', sends: [setting(0x99, 1), headers(1)], expects: '1 200' },
  {
    section: '6.6',
    name: 'PUSH_PROMISE from a client',
    sends: [open, frame(5, 4, 1, uint32(2))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  { section: '6.7', name: 'PING on a stream', sends: [frame(6, 0, 1, '12345678')], expects: 'GOAWAY PROTOCOL_ERROR' },
  {
    section: '6.7',
    name: 'PING of another length',
    sends: [frame(6, 0, 0, '1234567')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '6.8',
    name: 'GOAWAY on a stream',
    sends: [frame(7, 0, 1, uint32(0, 0))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.8',
    name: 'GOAWAY ends the connection once all is answered',
    sends: [frame(7, 0, 0, uint32(0, 0))],
    expects: 'GOAWAY NO_ERROR',
  },
  {
    section: '6.9',
    name: 'WINDOW_UPDATE by 0 on the connection',
    sends: [frame(8, 0, 0, uint32(0))],
    expects: 'GOAWAY PROTOCOL_ERROR',
  },
  {
    section: '6.9',
    name: 'WINDOW_UPDATE by 0 on a stream',
    sends: [open, frame(8, 0, 1, uint32(0))],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '6.9',
    name: 'WINDOW_UPDATE of another length',
    sends: [frame(8, 0, 0, 'abc')],
    expects: 'GOAWAY FRAME_SIZE_ERROR',
  },
  {
    section: '6.9.1',
    name: 'a window too large on the connection',
    sends: [frame(8, 0, 0, uint32(0x7fff_ffff))],
    expects: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  {
    section: '6.9.1',
    name: 'a window too large on a stream',
    sends: [open, frame(8, 0, 1, uint32(0x7fff_ffff))],
    expects: 'RST_STREAM 1 FLOW_CONTROL_ERROR',
  },
  {
    section: '6.9.2',
    name: 'a window too large by SETTINGS',
    sends: [open, frame(8, 0, 1, uint32(0x7fff_0000)), setting(4, 0x7fff_ffff)],
    expects: 'GOAWAY FLOW_CONTROL_ERROR',
  },
  {
    section: '8.1',
    name: 'trailers',
    sends: [open, frame(0, 0, 1, 'abc'), frame(1, 5, 1, block([['a', 'b']]))],
    expects: '1 200',
  },
  {
    section: '8.1',
    name: 'trailers that do not end the stream',
    sends: [open, frame(1, 4, 1, block([['a', 'b']]))],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1',
    name: 'a pseudo-header in trailers',
    sends: [open, frame(1, 5, 1, block([[':path', '/']]))],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1.1',
    name: 'a body longer than Content-Length',
    sends: [headers(1, withLength(2), false), frame(0, 1, 1, 'abc')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1.1',
    name: 'a body shorter than Content-Length',
    sends: [headers(1, withLength(4), false), frame(0, 1, 1, 'abc')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1.1',
    name: 'a body in two frames shorter than Content-Length',
    sends: [headers(1, withLength(4), false), frame(0, 0, 1, 'a'), frame(0, 1, 1, 'b')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1.1',
    name: 'no body for a Content-Length',
    sends: [headers(1, withLength(4))],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.1.1',
    name: 'trailers before the end of Content-Length',
    sends: [headers(1, withLength(4), false), frame(1, 5, 1, block([['a', 'b']]))],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.2.1',
    name: 'a capital in a name',
    sends: [withField('X-a', 'b')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.2.1',
    name: 'an LF in a value',
    sends: [withField('a', 'b\nc')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.2.2',
    name: 'Connection',
    sends: [withField('connection', 'close')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.2.2',
    name: 'Transfer-Encoding',
    sends: [withField('transfer-encoding', 'chunked')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  { section: '8.2.2', name: 'TE: gzip', sends: [withField('te', 'gzip')], expects: 'RST_STREAM 1 PROTOCOL_ERROR' },
  { section: '8.2.2', name: 'TE: trailers', sends: [withField('te', 'trailers')], expects: '1 200' },
  {
    section: '8.3',
    name: 'a pseudo-header behind a header',
    sends: [headers(1, [['a', 'b'], ...request()])],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.3',
    name: 'an unknown pseudo-header',
    sends: [withField(':a', 'b')],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.3.1',
    name: 'no :path',
    sends: [
      headers(
        1,
        request().filter(([name]) => name !== ':path'),
      ),
    ],
    expects: 'RST_STREAM 1 PROTOCOL_ERROR',
  },
  {
    section: '8.3.1',
    name: 'no host',
    sends: [
      headers(
        1,
        request().filter(([name]) => name !== ':authority'),
      ),
    ],
    expects: '1 400',
  },
  { section: '8.3.1', name: 'a path that is no path', sends: [headers(1, request('*', 'OPTIONS'))], expects: '1 400' },
  {
    section: '8.5',
    name: 'CONNECT',
    sends: [
      headers(1, [
        [':method', 'CONNECT'],
        [':authority', 'a.test:1'],
      ]),
    ],
    expects: '1 405',
  },
  { section: '8.7', name: 'TRACE', sends: [headers(1, request('/', 'TRACE'))], expects: '1 405' },
  { section: '10.5', name: 'a path too long', sends: [headers(1, request(`/${'a'.repeat(9000)}`))], expects: '1 414' },
  { section: '10.5', name: 'a header too long', sends: [withField('a', 'b'.repeat(9000))], expects: '1 400' },
  {
    section: '10.5',
    name: 'an empty frame too many in a block',
    sends: [frame(1, 1, 1, blockOfGet), ...Array.from({ length: 5 }, () => frame(9, 0, 1))],
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a block without end',
    sends: [frame(1, 1, 1, blockOfGet), ...Array.from({ length: 3 }, () => frame(9, 0, 1, Buffer.alloc(16_384, 0x20)))],
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of PING',
    sends: Array.from({ length: 2500 }, () => frame(6, 0, 0, '12345678')),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of SETTINGS',
    sends: Array.from({ length: 2500 }, () => frame(4, 0, 0)),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of empty DATA',
    sends: [open, ...Array.from({ length: 2500 }, () => frame(0, 0, 1))],
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of WINDOW_UPDATE',
    sends: Array.from({ length: 2500 }, () => frame(8, 0, 0, uint32(1))),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of PRIORITY',
    sends: Array.from({ length: 2500 }, () => frame(2, 0, 3, Buffer.from([0, 0, 0, 5, 9]))),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'a flood of unknown frames',
    sends: Array.from({ length: 2500 }, () => frame(0x77, 0, 0)),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'streams that are opened only to be reset',
    sends: Array.from({ length: 300 }, (_, at) =>
      Buffer.concat([headers(at * 2 + 1, post, false), frame(3, 0, at * 2 + 1, uint32(8))]),
    ),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5',
    name: 'streams that are opened only to be spoilt',
    sends: Array.from({ length: 300 }, (_, at) => headers(at * 2 + 1, request('/', 'GET', [['connection', 'x']]))),
    expects: 'GOAWAY ENHANCE_YOUR_CALM',
  },
  {
    section: '10.5.1',
    name: 'a header that costs a byte each time it is named',
    sends: [
      frame(
        1,
        5,
        1,
        Buffer.concat([
          blockOfGet,
          Buffer.from([0x40, 1, 0x61, 127, 0x89, 0x1e]),
          Buffer.alloc(127 + 9 + 30 * 128, 'x'),
          Buffer.alloc(10_000, 0xbe),
        ]),
      ),
    ],
    expects: '1 400',
  },
];
