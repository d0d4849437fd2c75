import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { GibbonError, messageOf } from '../kernel/index.ts';
import type { Endpoint } from './endpoint.ts';
import { createApp } from './http.ts';
import { dnsDebugEndpoint, dnsStatusEndpoint } from './routes/dns.ts';
import { allEndpoints } from './routes/index.ts';
import { readyEndpoint, statusEndpoint } from './routes/status.ts';
import type { AdminListener, AdminOptions, AdminServer, BoundAddress, StatusOptions } from './types.ts';

/** Creates the Admin API over a database. It listens when told to. */
export function createAdminServer(options: AdminOptions): AdminServer {
  return createEndpointServer(options, allEndpoints(options));
}

/** Creates the Status API: what probes and monitoring read, and nothing that changes anything. */
export function createStatusServer(options: StatusOptions): AdminServer {
  return createEndpointServer(options, [
    statusEndpoint(options),
    readyEndpoint(options),
    dnsStatusEndpoint(options),
    ...(options.dns === undefined ? [] : [dnsDebugEndpoint(options.dns)]),
  ]);
}

function createEndpointServer(options: AdminOptions, endpoints: readonly Endpoint[]): AdminServer {
  const servers: Server[] = [];
  let draining = false;
  const app = createApp(options, endpoints, () => draining);

  return {
    async listen(listeners) {
      await app.ready();
      const handle: RequestListener = (request, response) => app.routing(request, response);
      const bound: BoundAddress[] = [];
      try {
        for (const listener of listeners) {
          const server = createListener(listener, handle);
          bound.push(await open(server, listener));
          servers.push(server);
        }
      } catch (fault) {
        for (const server of servers.splice(0)) server.close();
        throw fault;
      }
      return bound;
    },

    async close(signal) {
      draining = true;
      await Promise.all(servers.splice(0).map((server) => drain(server, signal)));
      await app.close();
    },
  };
}

function createListener({ tls }: AdminListener, handle: RequestListener): Server {
  if (tls === undefined) return createServer(handle);
  const { cert, key, clientCa } = tls;
  if (clientCa === undefined) return createTlsServer({ cert, key }, handle);
  return createTlsServer({ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: true }, handle);
}

function open(server: Server, { host, port, tls }: AdminListener): Promise<BoundAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', (fault) => {
      const message = `Cannot listen on "${host}:${port}" for the Admin API: ${messageOf(fault)}`;
      reject(new GibbonError(message, { code: 'ERR_ADMIN_LISTEN', cause: fault }));
    });
    server.listen({ host, port }, () => {
      const address = server.address() as AddressInfo;
      resolve({ host: address.address, port: address.port, tls: tls !== undefined });
    });
  });
}

/** Idle connections are closed at once; a busy one ends with its answer, which says `Connection: close`. */
function drain(server: Server, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const cut = (): void => server.closeAllConnections();
    server.close(() => {
      signal?.removeEventListener('abort', cut);
      resolve();
    });
    server.closeIdleConnections();
    if (signal?.aborted === true) cut();
    else signal?.addEventListener('abort', cut, { once: true });
  });
}
