import type { RequestHead } from './request-head.ts';

/** A request's head, and what of it must come out. */
export interface AcceptedHead {
  readonly title: string;
  readonly bytes: string;
  readonly expected: Partial<RequestHead>;
}

/** Heads that are taken. */
export const acceptedHeads: readonly AcceptedHead[] = [
  {
    title: 'the least that HTTP/1.1 asks for',
    bytes: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    expected: { method: 'GET', target: '/', minor: 1, host: 'a', contentLength: -1, chunked: false, keepAlive: true },
  },
  {
    title: 'HTTP/1.0 without Host, which ends the connection',
    bytes: 'GET /x HTTP/1.0\r\n\r\n',
    expected: { minor: 0, host: undefined, keepAlive: false, block: '\n', untouched: '' },
  },
  {
    title: 'HTTP/1.0 that asks to be kept alive',
    bytes: 'GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n',
    expected: { minor: 0, keepAlive: true, nominated: undefined },
  },
  {
    title: 'a later minor version, taken as 1.1',
    bytes: 'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
    expected: { minor: 1, keepAlive: true },
  },
  {
    title: 'blanks around a value',
    bytes: 'GET / HTTP/1.1\r\nHost: \t a \t\r\nContent-Length:  5 \r\n\r\n',
    expected: { host: 'a', contentLength: 5 },
  },
  {
    title: 'empty lines before the request line (RFC 9112 section 2.2)',
    bytes: '\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    expected: { method: 'GET', host: 'a' },
  },
  {
    title: 'names in any case',
    bytes: 'POST / HTTP/1.1\r\nhOsT: a\r\ncOntent-lenGTH: 7\r\nCONNECTION: CLOSE\r\n\r\n',
    expected: { method: 'POST', host: 'a', contentLength: 7, keepAlive: false },
  },
  {
    title: 'a chunked body in any case',
    bytes: 'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n',
    expected: { chunked: true, contentLength: -1 },
  },
  {
    title: 'Connection: close that beats keep-alive',
    bytes: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n',
    expected: { keepAlive: false },
  },
  {
    title: 'names nominated by Connection, over several lines',
    bytes: 'GET / HTTP/1.1\r\nHost: a\r\nConnection: X-A , Upgrade\r\nConnection:,x-b\r\nUpgrade: websocket\r\n\r\n',
    expected: { nominated: ['x-a', 'x-b'], connectionUpgrade: true, upgrade: 'websocket' },
  },
  {
    title: 'lines of forwarding left out of what goes on untouched',
    bytes:
      'GET / HTTP/1.1\r\nA: 1\r\nHost: a\r\nTE: trailers\r\nB: 2\r\nProxy: x\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\n' +
      'Via: 1.0 z\r\nX-Forwarded-For: 1.1.1.1\r\nX-Real-IP: 2\r\nX-Kong-Request-Id: 3\r\nTrailer: q\r\nC:3\r\n\r\n',
    expected: {
      untouched: 'A: 1\r\nB: 2\r\nC:3\r\n',
      teTrailers: true,
      via: '1.0 z',
      forwardedFor: '1.1.1.1',
      realIp: '2',
    },
  },
  {
    title: 'lists over several lines, joined',
    bytes: 'GET / HTTP/1.1\r\nHost: a\r\nVia: 1\r\nX-Forwarded-For: a\r\nVia: 2\r\nX-Forwarded-For: b\r\n\r\n',
    expected: { via: '1, 2', forwardedFor: 'a, b' },
  },
  {
    title: 'Expect: 100-continue',
    bytes: 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n',
    expected: { expectContinue: true },
  },
  {
    title: 'Expect in HTTP/1.0, which means nothing there',
    bytes: 'POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n',
    expected: { expectContinue: false },
  },
  {
    title: 'a method that nobody knows, and bytes beyond ASCII in target and values',
    bytes: "M-SEARCH /\xe4?\xff HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~: \xfc\t!\r\n\r\n",
    expected: { method: 'M-SEARCH', target: '/\xe4?\xff', untouched: "!#$%&'*+-.^_`|~: \xfc\t!\r\n" },
  },
  {
    title: 'names that are merely like those of the engine',
    bytes: 'GET / HTTP/1.1\r\nHost: a\r\nHosts: b\r\nContent_Length: 9\r\nX-Host: c\r\n\r\n',
    expected: { host: 'a', contentLength: -1, untouched: 'Hosts: b\r\nContent_Length: 9\r\nX-Host: c\r\n' },
  },
  {
    title: 'a target in absolute form and one that is an asterisk, which are for others to judge',
    bytes: 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    expected: { target: '*' },
  },
  {
    title: 'the longest length',
    bytes: 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999999999\r\n\r\n',
    expected: { contentLength: 999_999_999_999_999 },
  },
];

/** Faults by the names of {@link import('./limits.ts').HeadFault}. */
export type FaultName = 'malformed' | 'uriTooLong' | 'headerTooLarge' | 'codingUnknown' | 'versionUnknown';

/** A request's head that is refused. */
export interface RefusedHead {
  readonly title: string;
  readonly bytes: string;
  readonly fault: FaultName;
}

const good = 'GET / HTTP/1.1\r\nHost: a\r\n';

/** Heads that are refused, and as what. */
export const refusedHeads: readonly RefusedHead[] = [
  { title: 'an empty Host', bytes: 'GET / HTTP/1.1\r\nHost:\r\n\r\n', fault: 'malformed' },
  { title: 'a Host with a slash', bytes: 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', fault: 'malformed' },
  { title: 'a Host with a blank', bytes: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', fault: 'malformed' },
  ...(
    [
      ['Content-Length and Transfer-Encoding', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'],
      ['Transfer-Encoding and Content-Length', 'Transfer-Encoding: chunked\r\nContent-Length: 1\r\n'],
      ['two lengths', 'Content-Length: 1\r\nContent-Length: 2\r\n'],
      ['two equal lengths', 'Content-Length: 1\r\nContent-Length: 1\r\n'],
      ['a list of lengths', 'Content-Length: 2, 2\r\n'],
      ['a length with a plus', 'Content-Length: +2\r\n'],
      ['a length below zero', 'Content-Length: -1\r\n'],
      ['an empty length', 'Content-Length:\r\n'],
      ['a length of blanks', 'Content-Length: \t \r\n'],
      ['a length in hexadecimal', 'Content-Length: 0x10\r\n'],
      ['a length with a fraction', 'Content-Length: 1.0\r\n'],
      ['a length with a letter behind', 'Content-Length: 5a\r\n'],
      ['a length with a blank inside', 'Content-Length: 1 0\r\n'],
      ['a huge length', 'Content-Length: 9999999999999999\r\n'],
      ['two transfer codings in two lines', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'],
      ['a second transfer coding of another kind', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'],
      [
        'an unknown coding beside a length',
        'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n',
      ],
      ['a second Host', 'Host: b\r\n'],
      ['a second Host that is equal', 'Host: a\r\n'],
      ['a folded line', 'A: b\r\n c\r\n'],
      ['a folded line with a tab', 'A: b\r\n\tc\r\n'],
      ['a fold before the first name', ' A: b\r\n'],
      ['a space before the colon', 'A : b\r\n'],
      ['a tab before the colon', 'A\t: b\r\n'],
      ['a line without a colon', 'A\r\n'],
      ['a line without a name', ': b\r\n'],
      ['a name with a blank', 'A B: c\r\n'],
      ['a name with a control character', 'A\x01: b\r\n'],
      ['a name beyond ASCII', '\xe4: b\r\n'],
      ['NUL in a value', 'A: b\x00c\r\n'],
      ['a control character in a value', 'A: b\x1fc\r\n'],
      ['DEL in a value', 'A: b\x7fc\r\n'],
      ['CR in a value', 'A: b\rc\r\n'],
      ['a bare LF behind a value', 'A: b\nC: d\r\n'],
      ['CR CR LF', 'A: b\r\r\n'],
    ] as const
  ).map(([title, lines]): RefusedHead => ({ title, bytes: `${good}${lines}\r\n`, fault: 'malformed' })),
  { title: 'no Host', bytes: 'GET / HTTP/1.1\r\nA: b\r\n\r\n', fault: 'malformed' },
  { title: 'two Hosts in HTTP/1.0', bytes: 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', fault: 'malformed' },
  {
    title: 'chunks in HTTP/1.0',
    bytes: 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n',
    fault: 'malformed',
  },
  { title: 'lines that end in LF', bytes: 'GET / HTTP/1.1\nHost: a\n\n', fault: 'malformed' },
  { title: 'a head that ends in LF LF', bytes: 'GET / HTTP/1.1\r\nHost: a\n\n', fault: 'malformed' },
  { title: 'an empty line that is a bare LF', bytes: 'GET / HTTP/1.1\r\nHost: a\r\n\n', fault: 'malformed' },
  { title: 'HTTP/0.9', bytes: 'GET /\r\n\r\n', fault: 'malformed' },
  { title: 'HTTP/0.9 with a second line', bytes: 'GET /\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', fault: 'versionUnknown' },
  { title: 'HTTP/2 in the request line', bytes: 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', fault: 'versionUnknown' },
  { title: 'HTTP/0.1', bytes: 'GET / HTTP/0.1\r\nHost: a\r\n\r\n', fault: 'versionUnknown' },
  { title: 'another protocol', bytes: 'GET / SIP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a version in lower case', bytes: 'GET / http/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a version of two digits', bytes: 'GET / HTTP/1.10\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a blank behind the version', bytes: 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'two blanks behind the method', bytes: 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'two blanks behind the target', bytes: 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a tab in place of a blank', bytes: 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a blank before the method', bytes: ' GET / HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'no method', bytes: '/ HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a method with a colon', bytes: 'GE:T / HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a method of 33 letters', bytes: `${'A'.repeat(33)} / HTTP/1.1\r\nHost: a\r\n\r\n`, fault: 'malformed' },
  { title: 'a blank in the target', bytes: 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'NUL in the target', bytes: 'GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'CR in the target', bytes: 'GET /\r HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'LF in the target', bytes: 'GET /\n HTTP/1.1\r\nHost: a\r\n\r\n', fault: 'malformed' },
  { title: 'a handshake of TLS', bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', fault: 'malformed' },
  { title: 'a coding that is no chunks', bytes: `${good}Transfer-Encoding: gzip\r\n\r\n`, fault: 'codingUnknown' },
  { title: 'a coding beside chunks', bytes: `${good}Transfer-Encoding: gzip, chunked\r\n\r\n`, fault: 'codingUnknown' },
  {
    title: 'chunks twice in a line',
    bytes: `${good}Transfer-Encoding: chunked, chunked\r\n\r\n`,
    fault: 'codingUnknown',
  },
  { title: 'an obscured coding', bytes: `${good}Transfer-Encoding: \x0bchunked\r\n\r\n`, fault: 'malformed' },
  { title: 'a quoted coding', bytes: `${good}Transfer-Encoding: "chunked"\r\n\r\n`, fault: 'codingUnknown' },
  {
    title: 'a coding with a parameter',
    bytes: `${good}Transfer-Encoding: chunked;a=b\r\n\r\n`,
    fault: 'codingUnknown',
  },
  { title: 'an empty coding', bytes: `${good}Transfer-Encoding:\r\n\r\n`, fault: 'codingUnknown' },
  { title: 'identity', bytes: `${good}Transfer-Encoding: identity\r\n\r\n`, fault: 'codingUnknown' },
  {
    title: 'a request line too long',
    bytes: `GET /${'a'.repeat(8192)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    fault: 'uriTooLong',
  },
  { title: 'a request line without end', bytes: `GET /${'a'.repeat(9000)}`, fault: 'uriTooLong' },
  { title: 'a line too long', bytes: `${good}A: ${'a'.repeat(8192)}\r\n\r\n`, fault: 'headerTooLarge' },
  { title: 'a line without end', bytes: `${good}A: ${'a'.repeat(9000)}`, fault: 'headerTooLarge' },
  { title: 'a name without end', bytes: `${good}${'a'.repeat(9000)}`, fault: 'headerTooLarge' },
  {
    title: 'lines too long together',
    bytes: `${good}${`A: ${'a'.repeat(4000)}\r\n`.repeat(9)}\r\n`,
    fault: 'headerTooLarge',
  },
  { title: 'too many lines', bytes: `${good}${'A:\r\n'.repeat(1000)}\r\n`, fault: 'headerTooLarge' },
];
