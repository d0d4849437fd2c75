import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The host name that stands for the built-in echo upstream, wherever it listens. */
export const echoHost = 'echo.gibbon.internal';

/** An upstream that answers with what it was asked. */
export interface EchoServer {
  readonly port: number;
  close(): void;
}

const bodyLimit = 65_536;

/** Starts the echo upstream on loopback. */
export async function startEcho(): Promise<EchoServer> {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= bodyLimit) parts.push(part);
    });
    request.on('error', () => response.destroy());
    request.on('end', () => {
      const text = JSON.stringify(
        {
          message: 'Hello from the echo upstream: this is the request as it arrived here.',
          method: request.method,
          path: request.url,
          headers: request.headers,
          body: Buffer.concat(parts).toString('utf8'),
        },
        null,
        2,
      );
      response.writeHead(200, { 'content-type': 'application/json', server: 'gibbon-echo' });
      response.end(`${text}\n`);
    });
  });
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
