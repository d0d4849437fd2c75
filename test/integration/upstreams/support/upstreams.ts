import { type ChildProcess, fork } from 'node:child_process';
import { Agent, createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestGateway } from '../../../support/gateway.ts';
import { until as askUntil } from '../../../support/until.ts';

/** An upstream in a process of its own, which can be killed and come back at its port. */
export interface UpstreamProcess {
  readonly port: number;
  kill(): Promise<void>;
  revive(): Promise<void>;
}

/** Starts an {@link UpstreamProcess} on a free port. */
export async function startProcess(): Promise<UpstreamProcess> {
  let child: ChildProcess;
  let port = 0;
  async function start(): Promise<void> {
    child = fork(join(import.meta.dirname, 'upstream-process.ts'), [String(port)]);
    port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve(message as number));
      child.once('exit', (code) => reject(new Error(`The upstream ended with code ${code}`)));
    });
  }
  await start();
  return {
    get port() {
      return port;
    },
    async kill() {
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exited;
    },
    revive: start,
  };
}

/** An upstream inside the test's process. */
export interface TestUpstream {
  readonly port: number;
  /** Heads of the requests that came, health checks among them. */
  readonly seen: IncomingMessage[];
  close(): Promise<void>;
}

/** Starts a {@link TestUpstream}. */
export async function startServer(answer: RequestListener): Promise<TestUpstream> {
  const seen: IncomingMessage[] = [];
  const server: Server = createServer((incoming, response) => {
    seen.push(incoming);
    answer(incoming, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A port of loopback at which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startServer(() => {});
  await server.close();
  return server.port;
}

/** An answer of the proxy. */
export interface ProxyAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A client of the proxy; with `sockets` connections that are kept, else with one for each request. */
export function createClient(gateway: TestGateway, sockets = 0) {
  const agent = sockets === 0 ? new Agent() : new Agent({ keepAlive: true, maxSockets: sockets });
  return {
    get(path: string, headers: { readonly [name: string]: string } = {}, method = 'GET'): Promise<ProxyAnswer> {
      return new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port: gateway.port, path, method, headers, agent }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (part: string) => {
            text += part;
          });
          answer.on('error', reject);
          answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, text }));
        });
        sent.on('error', reject);
        sent.end();
      });
    },
    close: () => agent.destroy(),
  };
}

/** Makes an upstream `name` with targets at ports of loopback, a service for it and a route at `/<name>`. */
export async function createUpstream(
  gateway: TestGateway,
  name: string,
  ports: readonly number[],
  fields: object = {},
  service: object = {},
): Promise<void> {
  await gateway.admin('POST', '/upstreams', { name, ...fields });
  for (const port of ports) {
    await gateway.admin('POST', `/upstreams/${name}/targets`, { target: `127.0.0.1:${port}` });
  }
  const made = await gateway.admin('POST', '/services', { host: name, ...service });
  await gateway.admin('POST', `/services/${made.body.id}/routes`, { paths: [`/${name}`] });
}

/** Health words of an upstream's targets, by port. */
export async function healthOf(gateway: TestGateway, name: string): Promise<{ [port: string]: string }> {
  const { body } = await gateway.admin('GET', `/upstreams/${name}/health`);
  return Object.fromEntries(
    body.data.map((target: { target: string; health: string }) => [target.target.split(':').pop(), target.health]),
  );
}

/** Resolves once `check` holds. @throws when it does not within ten seconds. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  try {
    await askUntil(check);
  } catch (cause) {
    throw new Error(`Waited in vain until ${what}`, { cause });
  }
}
