import { Agent, request } from 'node:http';
import { startGateway } from './gateway.ts';
import { median } from './measure.ts';
import { cpuMicros, waitForAnswer } from './process.ts';

/** A figure with what it is of. */
export interface AdminFigure {
  readonly what: string;
  readonly value: string;
}

/** How much {@link measureAdmin} does. */
export interface AdminSizes {
  readonly creates: number;
  readonly consumers: number;
  readonly reads: number;
  /** Services of one configuration that is posted whole, and as many routes. */
  readonly posted: number;
}

const connections = 10;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

/** Measures the Admin API of a gateway as users start it: one worker, SQLite, and for POST /config no database. */
export async function measureAdmin(
  folder: string,
  upstreamPort: number,
  sizes: AdminSizes,
  say: (text: string) => void,
): Promise<AdminFigure[]> {
  return [...(await measureStore(folder, sizes, say)), ...(await measurePost(folder, upstreamPort, sizes, say))];
}

async function measureStore(folder: string, sizes: AdminSizes, say: (text: string) => void): Promise<AdminFigure[]> {
  const gateway = await startGateway({ name: 'admin', configure: async () => {} }, folder, []);
  const admin = `http://127.0.0.1:${gateway.adminPort}`;
  try {
    const service = (number: number) => ({ name: `service-${number}`, url: `http://host-${number}.test:8080/api` });
    await each(2000, (number) => expect(201, 'POST', `${admin}/services`, service(-1 - number)));
    say(`admin: creating ${sizes.creates} services`);
    const cpu = cpuMicros(gateway.pid);
    const seconds = await each(sizes.creates, (number) => expect(201, 'POST', `${admin}/services`, service(number)));
    const used = cpuMicros(gateway.pid) - cpu;

    say(`admin: creating ${sizes.consumers} consumers`);
    const consumer = (number: number) => ({ username: `consumer-${number}` });
    await each(sizes.consumers, (number) => expect(201, 'POST', `${admin}/consumers`, consumer(number)));
    const pages: number[] = [];
    for (let next: string | null = '/consumers?size=1000'; next !== null; ) {
      const start = performance.now();
      const { body } = await expect(200, 'GET', `${admin}${next}`);
      pages.push(performance.now() - start);
      next = (JSON.parse(body) as { readonly next: string | null }).next;
    }
    const tenth = Math.max(1, Math.floor(pages.length / 10));
    const reads: number[] = [];
    for (let read = 0; read < sizes.reads; read += 1) {
      const start = performance.now();
      await expect(200, 'GET', `${admin}/consumers/consumer-${(read * 7919) % sizes.consumers}`);
      reads.push(performance.now() - start);
    }
    reads.sort((a, b) => a - b);
    return [
      figure('services created a second', (sizes.creates / seconds).toFixed(0)),
      figure('CPU for each, us', (used / sizes.creates).toFixed(0)),
      figure(`page of 1000 of ${sizes.consumers}, first tenth, ms`, median(pages.slice(0, tenth)).toFixed(1)),
      figure('the same, last tenth, ms', median(pages.slice(-tenth)).toFixed(1)),
      figure('consumer by name, median, ms', median(reads).toFixed(2)),
      figure('the same, p99, ms', reads[Math.floor(reads.length * 0.99)]!.toFixed(2)),
    ];
  } finally {
    await gateway.stop();
  }
}

async function measurePost(
  folder: string,
  upstreamPort: number,
  { posted }: AdminSizes,
  say: (text: string) => void,
): Promise<AdminFigure[]> {
  const settings = { KONG_DATABASE: 'off', KONG_NGINX_ADMIN_CLIENT_MAX_BODY_SIZE: '100m' };
  const gateway = await startGateway({ name: 'admin-off', configure: async () => {} }, folder, [], settings);
  const admin = `http://127.0.0.1:${gateway.adminPort}`;
  try {
    const first = {
      _format_version: '3.0',
      services: [
        {
          name: 'bench',
          url: `http://127.0.0.1:${upstreamPort}`,
          routes: [{ name: 'bench', paths: ['/'], strip_path: false }],
        },
      ],
    };
    await expect(201, 'POST', `${admin}/config`, first);
    await waitForAnswer(`http://127.0.0.1:${gateway.port}/small`);
    const others = Array.from({ length: posted }, (_, number) => ({
      name: `service-${number}`,
      url: `http://host-${number}.test:8080/api`,
      routes: [{ name: `route-${number}`, paths: [`/api/v${number % 7}/resource-${number}`] }],
    }));
    say(`admin: posting a configuration of ${posted} services with ${posted} routes while requests go on`);
    let isDone = false;
    const idle: number[] = [];
    const meanwhile: number[] = [];
    const traffic = async (times: number[], until: () => boolean): Promise<void> => {
      while (!until()) {
        const start = performance.now();
        await expect(200, 'GET', `http://127.0.0.1:${gateway.port}/small`);
        times.push(performance.now() - start);
      }
    };
    await traffic(idle, () => idle.length >= 2000);
    const going = traffic(meanwhile, () => isDone);
    const start = performance.now();
    await expect(201, 'POST', `${admin}/config`, { ...first, services: [...first.services, ...others] });
    const seconds = (performance.now() - start) / 1000;
    isDone = true;
    await going;
    return [
      figure(`POST /config with ${posted} services and routes, live after, s`, seconds.toFixed(2)),
      figure('longest proxied request meanwhile, ms', Math.max(...meanwhile).toFixed(0)),
      figure('longest proxied request before, ms', Math.max(...idle).toFixed(0)),
    ];
  } finally {
    await gateway.stop();
  }
}

const figure = (what: string, value: string): AdminFigure => ({ what, value });

/** Does `work` for 0 to `count` - 1, one at a time on each connection; returns the seconds that it took. */
async function each(count: number, work: (number: number) => Promise<unknown>): Promise<number> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < count) await work(next++);
    }),
  );
  return (performance.now() - start) / 1000;
}

async function expect(status: number, method: string, url: string, body?: object): Promise<{ readonly body: string }> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = request(url, {
    agent,
    method,
    headers:
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
  });
  sent.on('error', reject);
  sent.on('response', (response) => {
    let answer = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      answer += chunk;
    });
    response.on('end', () => {
      if (response.statusCode === status) resolve(answer);
      else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${answer.slice(0, 300)}`));
    });
  });
  sent.end(text);
  return { body: await promise };
}
