import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An upstream in a process of its own, on a port given or free; it tells its port to its parent. Paths that are a number
 * are answered with that status, all others with 200; the body names the port.
 */
const server = createServer((request, response) => {
  const status = Number(request.url?.slice(1));
  request.resume();
  request.on('end', () => {
    response.writeHead(status >= 200 && status <= 999 ? status : 200, { 'content-type': 'text/plain' });
    response.end(String((server.address() as AddressInfo).port));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
process.on('disconnect', () => process.exit(0));
