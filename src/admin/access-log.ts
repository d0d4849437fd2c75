import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, createLogTime, loggedText, loggedUser } from '../kernel/index.ts';

/** What the access log tells of a request and its answer. */
export interface LoggedRequest {
  readonly ip: string;
  readonly method: string;
  readonly url: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  readonly status: number;
  /** Bytes of the answer's body. */
  readonly bytes: number;
}

/** Makes what writes the access log of the Admin or Status API, one line for each request in nginx's combined format. */
export function createAccessLog(write: (line: string) => void, clock: Clock): (request: LoggedRequest) => void {
  const time = createLogTime(clock);
  return ({ ip, method, url, httpVersion, headers, status, bytes }) => {
    write(
      `${ip} - ${loggedUser(headers.authorization)} [${time()}] "${method} ${loggedText(url)} HTTP/${httpVersion}" ` +
        `${status} ${bytes} "${loggedText(headers.referer)}" "${loggedText(headers['user-agent'])}"\n`,
    );
  };
}
