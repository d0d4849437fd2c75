import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type StatusReport, statusBody } from '../admin/index.ts';
import { GibbonError, type Logger, messageOf } from '../kernel/index.ts';
import type { Listener } from '../settings/index.ts';
import type { Address } from './start.ts';

/** What {@link createStatusServer} needs. */
export interface StatusOptions {
  readonly report: () => StatusReport;
  /** True once workers serve. */
  readonly isReady: () => boolean;
  /** True when the store answers. */
  readonly reachable: () => Promise<boolean>;
  readonly serverHeader: string;
  readonly logger: Logger;
}

/** The Status API on its own listeners. */
export interface StatusServer {
  /** @throws GibbonError `ERR_STATUS_LISTEN` when a listener cannot be opened. */
  listen(
    listeners: readonly Listener[],
    tls: { readonly cert: string; readonly key: string } | undefined,
  ): Promise<readonly Address[]>;
  close(): Promise<void>;
}

/** Creates the Status API: GET /status and GET /status/ready, read-only, for probes and monitoring. */
export function createStatusServer(options: StatusOptions): StatusServer {
  const servers: Server[] = [];

  function answer(response: ServerResponse, status: number, body: unknown): void {
    const text = JSON.stringify(body);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(text),
      server: options.serverHeader,
      'access-control-allow-origin': '*',
    });
    response.end(response.req.method === 'HEAD' ? undefined : text);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://status');
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, '') : url.pathname;
    if (path !== '/status' && path !== '/status/ready') return answer(response, 404, { message: 'Not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, { message: 'Method not allowed' });
    }
    const reachable = await options.reachable();
    if (path === '/status') {
      const { status, body } = statusBody(options.report(), reachable, url.searchParams);
      return answer(response, status, body);
    }
    if (!reachable) return answer(response, 503, { message: 'failed to connect to database' });
    if (!options.isReady()) return answer(response, 503, { message: 'router builds not yet complete' });
    return answer(response, 200, { message: 'ready' });
  }

  function listener(request: IncomingMessage, response: ServerResponse): void {
    handle(request, response).catch((fault: unknown) => {
      options.logger.error(`Cannot answer ${request.method ?? ''} on the Status API: ${messageOf(fault)}`);
      if (!response.headersSent) answer(response, 500, { message: 'An unexpected error occurred' });
    });
  }

  return {
    async listen(listeners, tls) {
      const addresses: Address[] = [];
      for (const { host, port, ssl } of listeners) {
        const server = ssl ? createTlsServer({ cert: tls!.cert, key: tls!.key }, listener) : createServer(listener);
        await new Promise<void>((resolve, reject) => {
          server.once('error', (fault) => {
            reject(
              new GibbonError(`Cannot listen on "${host}:${port}" for the Status API: ${fault.message}`, {
                code: 'ERR_STATUS_LISTEN',
                cause: fault,
              }),
            );
          });
          server.listen({ host, port }, resolve);
        });
        servers.push(server);
        addresses.push({ host, port: (server.address() as AddressInfo).port, ssl });
      }
      return addresses;
    },
    async close() {
      await Promise.all(
        servers.splice(0).map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}
