import { type Clock, createLogTime } from '../../kernel/index.ts';
import type { StreamSession } from './session.ts';

/**
 * Makes what writes the access log of streams, one line for each in Kong 3.9's format `basic`: client, time, protocol,
 * status, bytes to the client and from it, seconds that it lasted.
 */
export function createStreamAccessLog(write: (line: string) => void, clock: Clock): (session: StreamSession) => void {
  const time = createLogTime(clock);
  return (session) => {
    const protocol = session.scheme === 'udp' ? 'UDP' : 'TCP';
    const seconds = ((session.endedAt - session.startedAt) / 1000).toFixed(3);
    write(
      `${session.clientIp} [${time()}] ${protocol} ${session.status} ${session.sent} ${session.received} ${seconds}\n`,
    );
  };
}
