/** A gateway inside a program: configures it through its Admin API, asks it something and takes it down again. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from 'gibbon-gateway';

// Whatever the gateway is to stand before.
const upstream = createServer((request, response) => response.end(`hello from ${request.url}\n`));
upstream.listen(0, '127.0.0.1');
await once(upstream, 'listening');
const { port } = upstream.address() as AddressInfo;

const prefix = mkdtempSync(join(tmpdir(), 'gibbon-embedded-'));
const gateway = await createGateway({
  settings: {
    prefix,
    proxy_listen: '127.0.0.1:0',
    admin_listen: '127.0.0.1:0',
    status_listen: 'off',
    nginx_worker_processes: 1,
    demo: false,
  },
  onWarning: console.warn,
});
const [proxy] = gateway.addresses.proxy;
const [admin] = gateway.addresses.admin;

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${admin?.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.status !== 201) throw new Error(`POST ${path}: ${await response.text()}`);
}

try {
  await post('/services', { name: 'hello', url: `http://127.0.0.1:${port}` });
  await post('/services/hello/routes', { name: 'hello', paths: ['/greet'] });
  // A connection for each request: a reload closes idle ones, and a client may notice late.
  const answer = await fetch(`http://127.0.0.1:${proxy?.port}/greet/world`, { headers: { connection: 'close' } });
  console.log(answer.status, (await answer.text()).trim());

  await gateway.reload({ log_level: 'debug', headers: 'off' });
  const bare = await fetch(`http://127.0.0.1:${proxy?.port}/greet`, { headers: { connection: 'close' } });
  console.log(bare.headers.has('via') ? 'with headers of the gateway' : 'without headers of the gateway');
} finally {
  await gateway.stop();
  upstream.close();
  rmSync(prefix, { recursive: true });
}
