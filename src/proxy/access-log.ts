import { type Clock, createLogTime, loggedText, loggedUser } from '../kernel/index.ts';
import type { Exchange } from './exchange/exchange.ts';

/**
 * Makes what writes the access log, one line for each request in Kong 3.9's format: client, user, time, request line, status,
 * bytes of the body, Referer, User-Agent and the request's id.
 */
export function createAccessLog(write: (line: string) => void, clock: Clock): (x: Exchange) => void {
  const time = createLogTime(clock);
  return (x) => {
    const { head } = x;
    // A head that could not be read has no request line to show.
    const request = head.size === 0 ? '' : `${head.method} ${loggedText(head.target)} HTTP/${versionOf(x)}`;
    write(
      `${x.clientIp} - ${loggedUser(x.firstHeader('authorization'))} [${time()}] "${request}" ${x.status} ` +
        `${x.responseBytes} "${loggedText(x.firstHeader('referer'))}" "${loggedText(x.firstHeader('user-agent'))}" ` +
        `kong_request_id: "${x.requestId}"\n`,
    );
  };
}

function versionOf(x: Exchange): string {
  return x.down.httpVersion === 2 ? '2.0' : x.down.httpVersion === 1 ? '1.0' : '1.1';
}
