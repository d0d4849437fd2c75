import { type ChildProcess, spawnSync } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cores, end, freePorts, spawnPinned } from './process.ts';
import { declarationOf } from './routes.ts';
import type { Create, Scenario } from './scenarios.ts';
import type { Subject } from './subject.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** A gateway under load, which can be configured. */
export interface Gateway extends Subject {
  readonly adminPort: number;
}

/** Starts Gibbon with the workers of the scenario in a folder of its own, and configures it through the Admin API; `ports` are the upstream's. */
export async function startGateway(
  scenario: Pick<Scenario, 'name' | 'configure' | 'routes' | 'workers'>,
  parent: string,
  ports: readonly number[],
  more: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const targets = ports.map((port) => `127.0.0.1:${port}`);
  const [proxyPort = 0, adminPort = 0, h2 = 0, h2c = 0] = await freePorts(4);
  const folder = join(parent, `gibbon-${scenario.name}`);
  const output = `${folder}.log`;
  const log = openSync(output, 'w');
  const { workers = 1 } = scenario;
  const env = {
    ...withoutSettings(process.env),
    ...settings(folder, proxyPort, adminPort, { h2, h2c }, workers),
    ...(scenario.routes?.kind === 'expressions' ? { KONG_ROUTER_FLAVOR: 'expressions' } : {}),
    ...more,
  };
  if (scenario.routes !== undefined)
    fillStore(`${folder}.json`, declarationOf(`http://${targets[0]}`, scenario.routes), env);
  const core = workers === 1 ? cores.subject : undefined;
  const child = spawnPinned(core, [process.execPath, main, 'start', '--foreground'], {
    env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  try {
    await started(child, output);
    const create: Create = (path, body) => post(`http://127.0.0.1:${adminPort}${path}`, body);
    await scenario.configure(create, `http://${targets[0]}`, targets);
  } catch (error) {
    await end(child);
    throw error;
  }
  return {
    name: 'gibbon',
    port: proxyPort,
    adminPort,
    http2: { h2, h2c },
    pid: child.pid ?? 0,
    stop: () => end(child),
  };
}

/** Through the Admin API, 100,000 routes would take minutes. */
function fillStore(path: string, declaration: object, env: NodeJS.ProcessEnv): void {
  writeFileSync(path, JSON.stringify(declaration));
  const { status, stderr } = spawnSync(process.execPath, [main, 'config', 'db_import', path], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Gibbon did not import ${path}:\n${stderr}`);
}

function settings(
  folder: string,
  proxyPort: number,
  adminPort: number,
  http2: { readonly h2: number; readonly h2c: number },
  workers: number,
): Record<string, string> {
  const listen = [
    `127.0.0.1:${proxyPort} reuseport backlog=16384`,
    `127.0.0.1:${http2.h2} ssl http2 reuseport backlog=16384`,
    `127.0.0.1:${http2.h2c} http2 reuseport backlog=16384`,
  ];
  return {
    KONG_PREFIX: folder,
    KONG_PROXY_LISTEN: listen.join(', '),
    KONG_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    KONG_STATUS_LISTEN: 'off',
    KONG_ADMIN_GUI_LISTEN: 'off',
    KONG_PROXY_ACCESS_LOG: 'off',
    KONG_ADMIN_ACCESS_LOG: 'off',
    KONG_LOG_LEVEL: 'warn',
    KONG_NGINX_WORKER_PROCESSES: String(workers),
    KONG_NGINX_HTTP_KEEPALIVE_REQUESTS: '100000000',
    KONG_UPSTREAM_KEEPALIVE_MAX_REQUESTS: '0',
    KONG_DEMO: 'off',
  };
}

function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(?:KONG|GIBBON)_/.test(name)));
}

async function started(child: ChildProcess, output: string): Promise<void> {
  const isUp = await new Promise<boolean>((resolve) => {
    child.once('message', () => resolve(true));
    child.once('exit', () => resolve(false));
    child.once('error', () => resolve(false));
  });
  if (!isUp) throw new Error(`Gibbon did not start:\n${readFileSync(output, 'utf8')}`);
  child.disconnect();
}

async function post(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`POST ${url} answered ${response.status}: ${text}`);
}
