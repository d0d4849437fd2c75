import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateDefaultCertificate } from '../../src/tls/index.ts';
import { childrenOf, cores, end, freePorts, spawnPinned, waitForAnswer } from './process.ts';
import type { Subject } from './subject.ts';

/** Body of the small answer: 99 bytes. */
const smallBody = 'x'.repeat(98);

/** Starts an nginx that answers `/small` with 99 bytes and `/large` with 100 KB, on all ports alike. */
export function startUpstream(nginx: string, folder: string, ports: readonly number[], core: number): Promise<Subject> {
  const files = join(folder, 'upstream-files');
  mkdirSync(files, { recursive: true, mode: 0o755 });
  writeFileSync(join(files, 'large'), 'x'.repeat(100 * 1024), { mode: 0o644 });
  return startNginx(
    nginx,
    folder,
    'upstream',
    core,
    ports[0]!,
    `
    server {
      ${ports.map((port) => `listen 127.0.0.1:${port} reuseport backlog=16384;`).join('\n      ')}
      root ${files};
      location = /small { default_type text/plain; return 200 "${smallBody}\\n"; }
    }`,
  );
}

/** Starts an nginx that passes everything on to the upstream, over connections that it keeps. */
export async function startReference(
  nginx: string,
  folder: string,
  port: number,
  upstreamPort: number,
  workers = 1,
): Promise<Subject> {
  const [h2 = 0, h2c = 0] = await freePorts(2);
  const certificates = join(folder, 'reference-ssl');
  await loadOrCreateDefaultCertificate(certificates);
  const reference = await startNginx(
    nginx,
    folder,
    `reference-${port}`,
    workers === 1 ? cores.subject : undefined,
    port,
    `
    upstream behind {
      server 127.0.0.1:${upstreamPort};
      keepalive 128;
      keepalive_requests 100000000;
    }
    server {
      listen 127.0.0.1:${port} reuseport backlog=16384;
      listen 127.0.0.1:${h2} ssl http2 reuseport backlog=16384;
      listen 127.0.0.1:${h2c} http2 reuseport backlog=16384;
      ssl_certificate ${certificates}/kong-default-ecdsa.crt;
      ssl_certificate_key ${certificates}/kong-default-ecdsa.key;
      location / {
        proxy_pass http://behind;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
      }
    }`,
    workers,
  );
  return { ...reference, http2: { h2, h2c } };
}

async function startNginx(
  nginx: string,
  parent: string,
  name: string,
  core: number | undefined,
  port: number,
  servers: string,
  workers = 1,
): Promise<Subject> {
  const folder = join(parent, name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join('\n    ');
  const config = `
daemon off;
worker_processes ${workers};
pid ${join(folder, 'nginx.pid')};
error_log ${join(folder, 'error.log')} crit;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
    access_log off;
    keepalive_requests 100000000;
    sendfile on;
    tcp_nopush on;
    ${temporary}${servers}
}
`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  const child = spawnPinned(core, [nginx, '-p', folder, '-c', file], { stdio: ['ignore', 'ignore', 'inherit'] });
  await waitForAnswer(`http://127.0.0.1:${port}/small`);
  const master = child.pid ?? 0;
  const [pid = master, ...otherPids] = childrenOf(master);
  return {
    name: 'nginx',
    port,
    pid,
    otherPids,
    stop: () => end(child),
  };
}
