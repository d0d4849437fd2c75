import type { Clock } from '../kernel/index.ts';
import type { Exchange } from './exchange/exchange.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Makes what writes the access log, one line for each request in Kong 3.9's format: client, user, time, request line, status,
 * bytes of the body, Referer, User-Agent and the request's id.
 */
export function createAccessLog(write: (line: string) => void, clock: Clock): (x: Exchange) => void {
  let second = -1;
  let stamp = '';
  return (x) => {
    const now = clock.now();
    const current = Math.floor(now / 1000);
    if (current !== second) {
      second = current;
      stamp = timeOf(new Date(now));
    }
    const { head } = x;
    // A head that could not be read has no request line to show.
    const request = head.size === 0 ? '' : `${head.method} ${visible(head.target)} HTTP/${versionOf(x)}`;
    write(
      `${x.clientIp} - ${userOf(x)} [${stamp}] "${request}" ${x.status} ${x.responseBytes} "${shown(x, 'referer')}" ` +
        `"${shown(x, 'user-agent')}" kong_request_id: "${x.requestId}"\n`,
    );
  };
}

function versionOf(x: Exchange): string {
  return x.down.httpVersion === 2 ? '2.0' : x.down.httpVersion === 1 ? '1.0' : '1.1';
}

function shown(x: Exchange, name: string): string {
  const value = x.firstHeader(name);
  return value === undefined ? '-' : visible(value);
}

function userOf(x: Exchange): string {
  const authorization = x.firstHeader('authorization');
  if (authorization === undefined || !/^basic /i.test(authorization)) return '-';
  const pair = Buffer.from(authorization.slice(6), 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  return colon < 1 ? '-' : visible(pair.slice(0, colon));
}

/** As nginx does: quotes, backslashes and whatever is not visible ASCII as `\xXX`, so that nobody can forge a line. */
function visible(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return text;
  return text.replace(
    /[^ !#-[\]-~]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** `20/Nov/2026:14:49:13 +0000` in local time. */
function timeOf(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const offset = -time.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
  return (
    `${two(time.getDate())}/${months[time.getMonth()]!}/${time.getFullYear()}:` +
    `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())} ${zone}`
  );
}
