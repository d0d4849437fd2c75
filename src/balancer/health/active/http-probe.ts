import type { Attempt } from './attempt.ts';
import type { ProbeTarget } from './probe.ts';

/** Bytes in which the status line must have come. */
const headLimit = 16_384;

/** Asks with a GET and judges by the status; the rest of the answer is not waited for. */
export function askHttp(attempt: Attempt): void {
  const { socket, target } = attempt;
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    text += part;
    let status = statusOf(text);
    while (status !== undefined && status >= 100 && status < 200) {
      // RFC 9110 section 15.2: any number of interim answers may come before the real one.
      const end = text.indexOf('\r\n\r\n');
      if (end === -1) break;
      text = text.slice(end + 4);
      status = statusOf(text);
    }
    if (status === undefined || (status >= 100 && status < 200)) {
      if (text.length > headLimit) attempt.end({ sign: 'http_failure', detail: 'the answer is no HTTP' });
      return;
    }
    if (status === 0) attempt.end({ sign: 'http_failure', detail: 'the answer is no HTTP' });
    else attempt.end({ sign: target.policy.signs.of(status), detail: `status ${status}` });
  });
  socket.write(requestOf(target), 'latin1');
}

/** The status of an answer's first line: undefined while the line is not whole, 0 when it is none. */
function statusOf(text: string): number | undefined {
  const end = text.indexOf('\n');
  if (end === -1) return text.length < 5 || text.startsWith('HTTP/') ? undefined : 0;
  const found = /^HTTP\/\d\.\d +(\d{3})(?:[ \r]|$)/.exec(text.slice(0, end));
  return found === null ? 0 : Number(found[1]);
}

function requestOf({ host, policy }: ProbeTarget): string {
  let hasHost = false;
  let lines = '';
  for (const [name, value] of policy.headers) {
    if (name.toLowerCase() === 'host') hasHost = true;
    lines += `${clean(name)}: ${clean(value)}\r\n`;
  }
  const hostLine = hasHost ? '' : `Host: ${host.includes(':') && !/[\].]/.test(host) ? `[${host}]` : clean(host)}\r\n`;
  return `GET ${pathOf(policy.path)} HTTP/1.1\r\n${hostLine}Connection: close\r\n${lines}\r\n`;
}

/** Nothing that is configured may start a line of its own. */
function clean(text: string): string {
  return Buffer.from(text.replace(/[\r\n\0]/g, ' '), 'utf8').toString('latin1');
}

function pathOf(path: string): string {
  return Buffer.from(path, 'utf8')
    .toString('latin1')
    .replace(/[\x00-\x20\x7f]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
