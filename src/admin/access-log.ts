import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, createLogTime, loggedText, loggedUser } from '../kernel/index.ts';

/** Makes what writes the access log of the Admin or Status API, one line for each request in nginx's combined format. */
export function createAccessLog(
  write: (line: string) => void,
  clock: Clock,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const time = createLogTime(clock);
  return (request, reply) => {
    const { method, ip, headers, raw } = request;
    const bytes = method === 'HEAD' ? 0 : Number(reply.getHeader('content-length') ?? 0);
    write(
      `${ip} - ${loggedUser(headers.authorization)} [${time()}] "${method} ${loggedText(raw.url)} ` +
        `HTTP/${raw.httpVersion}" ${reply.statusCode} ${bytes} "${loggedText(headers.referer)}" ` +
        `"${loggedText(headers['user-agent'])}"\n`,
    );
  };
}
