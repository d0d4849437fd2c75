import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type CommandDefinition, CommandError, confOption, prefixOption } from './command.ts';
import { settingsOfNode } from './node-settings.ts';

const timeoutMs = 1000;

/** Takes a running node out of rotation: its Status API says from then on that it is not ready (Kong 3.9). */
export const drainCommand: CommandDefinition = {
  name: 'drain',
  summary: 'Let /status/ready of a running node answer 503.',
  options: [confOption, prefixOption],
  async run(context, options) {
    const [listener] = settingsOfNode(context, options).status_listen;
    if (listener === undefined) {
      context.out('No status listeners found in configuration.');
      return 0;
    }
    const host = listener.host.includes(':') ? `[${listener.host}]` : listener.host;
    const url = `${listener.ssl ? 'https' : 'http'}://${host}:${listener.port}/status/ready`;
    const status = await post(url, JSON.stringify({ status: 'draining' }));
    if (status !== 204) throw new CommandError(`Unexpected response status from ${url}: ${status}`);
    context.out("Gibbon's status successfully changed to 'draining'");
    return 0;
  },
};

/**
 * Posts JSON to the node itself, whose certificate may be its own, and returns the status.
 * @throws {CommandError} when there is no answer in time.
 */
async function post(url: string, body: string): Promise<number> {
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(timeoutMs),
  });
  request.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  request.on('error', (fault) => reject(new CommandError(`Failed to send request to ${url}: ${fault.message}`)));
  request.end(body);
  return promise;
}
