import { between, pick } from '../../support/fuzz.ts';

/** How the upstream is to answer a request; the target says so. */
export type AnswerMode = 'sized' | 'chunked' | 'eof' | 'empty' | 'unchanged' | 'interim' | 'early' | 'large';

const modes: readonly AnswerMode[] = [
  ...(['sized', 'sized', 'sized', 'chunked', 'chunked', 'eof', 'empty', 'unchanged', 'interim', 'early'] as const),
  'large',
];

/** One message of a pipeline, and what must become of it by the way in which it was made. */
export interface PipelineMessage {
  readonly serial: number;
  readonly wire: string;
  readonly method: string;
  /** Passed on and answered by the upstream, answered by the gateway with the connection kept, or refused with its end. */
  readonly fate: 'served' | 'own' | 'refused';
  /** Status of an answer that is the gateway's own. */
  readonly status: number;
  /** The body that the upstream must see. */
  readonly body: string;
  readonly mode: AnswerMode;
  /** The connection ends behind the answer. */
  readonly closes: boolean;
}

/** What stands in every part of a message, and in no part of any other. */
export function marker(serial: number): string {
  return `~${serial}~`;
}

/** The serial numbers of all markers in a text. */
export function markersIn(text: string): Set<number> {
  return new Set(Array.from(text.matchAll(/~(\d+)~/g), ([, digits]) => Number(digits)));
}

/** Status and body of the upstream's answer to a request. */
export function answerOf(mode: AnswerMode, serial: number): { readonly status: number; readonly body: string } {
  if (mode === 'empty') return { status: 204, body: '' };
  if (mode === 'unchanged') return { status: 304, body: '' };
  return { status: 200, body: marker(serial).repeat(mode === 'large' ? 20_000 : 1 + ((serial * 7) % 90)) };
}

type Dice = () => number;

/** What an attacker hides in a body, or behind a message that is refused. */
function smuggled(path: string, serial: number): string {
  return `GET ${path}/smuggled-${marker(serial)} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

function bodyOf(dice: Dice, path: string, serial: number): string {
  const length = pick(dice, [0, 1, 10, 200, 3000, 40_000]);
  const text = marker(serial).repeat(Math.ceil(between(dice, 0, length) / 4));
  switch (between(dice, 0, 3)) {
    case 0:
      return smuggled(path, serial) + text;
    case 1:
      return `${text}\r\n0\r\n\r\n${smuggled(path, serial)}`;
    default:
      return text;
  }
}

function chunked(dice: Dice, body: string, serial: number): string {
  let wire = '';
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, between(dice, 1, pick(dice, [5, 500, 20_000])));
    const digits = size.toString(16);
    const line = pick(dice, [digits, digits, digits.toUpperCase(), `000${digits}`]);
    const extension = pick(dice, ['', '', '', ';a', ';a=b', ';q="x\ty;"', ' ;b', `;m=${marker(serial)}`]);
    wire += `${line}${extension}\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  const trailers = pick(dice, ['', '', `X-Trailer: ${marker(serial)}\r\n`, 'Content-Length: 5\r\nHost: b\r\n']);
  return `${wire}${pick(dice, ['0', '0', '000', '0;x'])}\r\n${trailers}\r\n`;
}

/** Framings that must be refused; %s is where a length goes that would fit the body behind it. */
const hostileLines: readonly (readonly [lines: string, status: number])[] = [
  ['Content-Length: %s\r\nTransfer-Encoding: chunked\r\n', 400],
  ['Transfer-Encoding: chunked\r\nContent-Length: %s\r\n', 400],
  ['Content-Length: %s\r\nContent-Length: %s\r\n', 400],
  ['Content-Length: %s\r\ncontent-length: 0\r\n', 400],
  ['Content-Length: 0\r\nContent-Length: %s\r\n', 400],
  ['Content-Length: %s, %s\r\n', 400],
  ['Content-Length: +%s\r\n', 400],
  ['Content-Length: -%s\r\n', 400],
  ['Content-Length: %s \t;\r\n', 400],
  ['Content-Length : %s\r\n', 400],
  ['Content-Length\t: %s\r\n', 400],
  [' Content-Length: %s\r\n', 400],
  ['X-A: b\r\n Content-Length: %s\r\n', 400],
  ['X-A: b\nContent-Length: %s\r\n', 400],
  ['X-A: b\rContent-Length: %s\r\n', 400],
  ['X-A: b\x00\r\nContent-Length: %s\r\n', 400],
  ['Content-Length: \x0b%s\r\n', 400],
  ['Transfer-Encoding : chunked\r\n', 400],
  ['Transfer-Encoding:\x0bchunked\r\n', 400],
  ['Transfer-Encoding:\r\n chunked\r\n', 400],
  ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', 400],
  ['Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', 400],
  ['Transfer-Encoding: xchunked\r\n', 501],
  ['Transfer-Encoding: gzip, chunked\r\n', 501],
  ['Transfer-Encoding: chunked, identity\r\n', 501],
  ['Transfer-Encoding: "chunked"\r\n', 501],
  ['Host: b\r\nContent-Length: %s\r\n', 400],
  ['Host : b\r\n', 400],
  [': b\r\n', 400],
  ['X-A\r\n', 400],
];

const brokenChunks: readonly string[] = [
  'x\r\nhello\r\n0\r\n\r\n',
  '-5\r\nhello\r\n0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '5\nhello\r\n0\r\n\r\n',
  '5\r\nhello\n0\r\n\r\n',
  '5\r\nhell\r\n0\r\n\r\n',
  '5\r\nhello0\r\n\r\n',
  '5\rhello\r\n0\r\n\r\n',
  '5;a\nb\r\nhello\r\n0\r\n\r\n',
  '5;a\x00\r\nhello\r\n0\r\n\r\n',
  '5 5\r\nhello\r\n0\r\n\r\n',
  '\r\nhello\r\n0\r\n\r\n',
  ';a\r\nhello\r\n0\r\n\r\n',
  '100000000000000005\r\nhello\r\n0\r\n\r\n',
  '5\r\nhello\r\n0\r\nX-A : b\r\n\r\n',
  '5\r\nhello\r\n0\r\n X-A: b\r\n\r\n',
  '5\r\nhello\r\n0\r\nX-A: b\nX-B: c\r\n\r\n',
];

function hostile(dice: Dice, path: string, serial: number): PipelineMessage {
  const target = `${path}/${marker(serial)}?mode=sized`;
  const common = { serial, method: 'POST', fate: 'refused', body: '', mode: 'sized', closes: true } as const;
  const kind = dice();
  if (kind < 0.3) {
    const wire = `POST ${target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${pick(dice, brokenChunks)}`;
    return { ...common, wire, status: 400 };
  }
  if (kind < 0.4) {
    const [line, status] = pick(dice, [
      [`POST ${target} HTTP/2.0\r\nHost: a\r\n\r\n`, 505],
      [`POST ${target} HTTP/1.1 \r\nHost: a\r\n\r\n`, 400],
      [`POST  ${target} HTTP/1.1\r\nHost: a\r\n\r\n`, 400],
      [`POST ${target}\r\nHost: a\r\n\r\n`, 400],
      [`POST ${target} HTTP/1.1\nHost: a\n\n`, 400],
      [`POST ${target} HTTP/1.1\r\n\r\n`, 400],
      [`POST ${target} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
      [`POST ${target} HTTP/1.1\r\nHost: a/b\r\n\r\n`, 400],
    ] as const);
    return { ...common, wire: line, status };
  }
  const [lines, status] = pick(dice, hostileLines);
  const body = pick(dice, ['0\r\n\r\n', 'hello', smuggled(path, serial)]);
  const framing = lines.replaceAll('%s', String(body.length));
  const [before, behind] = pick(dice, [
    ['', 'X-Z: z\r\n'],
    ['X-Y: y\r\n', ''],
    ['', ''],
  ] as const);
  // A line that begins with a blank is wrong behind any other.
  const wire = `POST ${target} HTTP/1.1\r\nHost: a\r\n${before}${framing}${behind}\r\n${body}`;
  return { ...common, wire, status };
}

function own(dice: Dice, serial: number): PipelineMessage {
  const body = marker(serial).repeat(between(dice, 0, 500));
  const [method, target, status] = pick(dice, [
    ['POST', `/none/${marker(serial)}`, 404],
    ['TRACE', `/t/${marker(serial)}`, 405],
    ['POST', `ftp://a/${marker(serial)}`, 400],
    ['POST', 'none', 400],
  ] as const);
  const wire = `${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return { serial, wire, method, fate: 'own', status, body, mode: 'sized', closes: false };
}

function valid(dice: Dice, path: string, serial: number): PipelineMessage {
  // Node's parser, behind /node, takes certain methods only.
  const method = pick(dice, [
    'GET',
    'GET',
    'HEAD',
    'POST',
    'POST',
    'PUT',
    'DELETE',
    path === '/node' ? 'PATCH' : 'BREW',
  ]);
  const mode = pick(dice, modes);
  const closes = dice() < 0.05;
  const isOld = closes && dice() < 0.4;
  const target = `${pick(dice, ['', '', '', 'http://other'])}${path}/${marker(serial)}?mode=${mode}`;
  let head = `${pick(dice, ['', '', '', '\r\n'])}${method} ${target} HTTP/1.${isOld ? 0 : 1}\r\n`;
  head += pick(dice, ['Host: a\r\n', 'host:a\r\n', 'HOST: \t a \t\r\n']);
  head += `X-Marker: ${marker(serial)}\r\n`;
  if (dice() < 0.1) head += `X-Filler: ${marker(serial).repeat(between(dice, 1, 1000))}\r\n`;
  if (dice() < 0.2) head += 'Content_Length: 9\r\nX-Transfer-Encoding: chunked\r\nContent-Lengths: 3\r\n';
  if (closes && !isOld) head += pick(dice, ['Connection: close\r\n', 'connection: keep-alive, CLOSE\r\n']);
  else if (!isOld && dice() < 0.3) {
    head += pick(dice, [
      'Connection: Content-Length\r\n',
      'Connection: Transfer-Encoding, Host\r\n',
      'Connection: X-Hop\r\nX-Hop: hidden\r\n',
      'Connection: keep-alive, te\r\nTE: trailers\r\n',
    ]);
  }
  const isPlain = (method === 'GET' || method === 'HEAD') && dice() < 0.9;
  if (isPlain || dice() < 0.05) {
    return { serial, wire: `${head}\r\n`, method, fate: 'served', status: 0, body: '', mode, closes };
  }
  const body = bodyOf(dice, path, serial);
  if (dice() < 0.15) head += 'Expect: 100-continue\r\n';
  const wire =
    isOld || dice() < 0.5
      ? `${head}Content-Length: ${body.length}\r\n\r\n${body}`
      : `${head}Transfer-Encoding: ${pick(dice, ['chunked', 'Chunked', '\tchunked '])}\r\n\r\n${chunked(dice, body, serial)}`;
  return { serial, wire, method, fate: 'served', status: 0, body, mode, closes };
}

/** What a client sends over one connection: random messages to `path`, numbered from `first`. */
export function randomPipeline(dice: Dice, path: string, first: number): PipelineMessage[] {
  const count = between(dice, 1, 8);
  return Array.from({ length: count }, (_, at) => {
    const kind = dice();
    if (kind < 0.08) return hostile(dice, path, first + at);
    if (kind < 0.16) return own(dice, first + at);
    return valid(dice, path, first + at);
  });
}
