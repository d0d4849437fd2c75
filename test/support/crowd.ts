import { Agent, request } from 'node:http';

/** One answer, as far as limits show in it. */
export interface LimitedAnswer {
  readonly status: number;
  readonly remaining: string | undefined;
}

/** Asks a gateway on this machine once. */
export function askLimited(port: number, path: string, agent: Agent | false = false): Promise<LimitedAnswer> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent }, (answer) => {
      answer.resume().on('end', () => {
        const remaining = answer.headers['ratelimit-remaining'];
        resolve({ status: answer.statusCode!, remaining: remaining as string | undefined });
      });
    })
      .on('error', reject)
      .end();
  });
}

/** Statuses of 1,500 requests that 100 clients send, each on a connection of its own to one of the gateways. */
export async function crowd(ports: readonly number[], path: string): Promise<{ readonly [status: string]: number }> {
  const counts: { [status: string]: number } = {};
  await Promise.all(
    Array.from({ length: 100 }, async (_, client) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let asked = 0; asked < 15; asked++) {
        const { status } = await askLimited(ports[client % ports.length]!, path, agent);
        counts[status] = (counts[status] ?? 0) + 1;
      }
      agent.destroy();
    }),
  );
  return counts;
}
