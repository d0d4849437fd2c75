import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, type RunningGateway, startGateway } from '../../src/gateway/index.ts';
import { loadSettings, type Settings } from '../../src/settings/index.ts';
import { connectRaw, type RawClient, type RawTarget } from './raw-client.ts';

/** Folder of the plugins that only tests use. */
export const testPlugins = join(import.meta.dirname, 'plugins');

const root = join(import.meta.dirname, '../..');

/** Settings by their names in kong.conf. */
export type GivenSettings = { readonly [name: string]: string };

/** An answer of the Admin API. */
export interface AdminAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into whatever JSON an endpoint answers with
  readonly body: any;
}

/** A gateway that a test talks to. */
export interface TestGateway {
  readonly prefix: string;
  /** Ports of the proxy without and with TLS. */
  readonly port: number;
  readonly tlsPort: number;
  /** Asks the Admin API. @throws when the answer is not a success and `expected` is not its status. */
  admin(method: string, path: string, body?: unknown, expected?: number): Promise<AdminAnswer>;
  /** A connection to the proxy. */
  connect(options?: Omit<RawTarget, 'port'>): Promise<RawClient>;
  /** What the error log holds. */
  readLog(): string;
  /** Resolves once the error log matches. */
  waitForLog(pattern: RegExp): Promise<void>;
}

/** A gateway inside the test's own process. */
export interface InProcessGateway extends TestGateway {
  readonly running: RunningGateway;
  /** Settings as the gateway was started with, overlaid with others, for a reload. */
  settings(overlay?: GivenSettings): Settings;
  stop(graceful?: boolean): Promise<void>;
}

/** A gateway in a process of its own. */
export interface ChildGateway extends TestGateway {
  readonly child: ChildProcess;
  /** Sends a signal and resolves with the exit code once the process is gone; null after SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

function settingsOf(prefix: string, given: GivenSettings): GivenSettings {
  return {
    prefix,
    proxy_listen: '127.0.0.1:0 reuseport, 127.0.0.1:0 ssl reuseport',
    admin_listen: '127.0.0.1:0',
    status_listen: 'off',
    admin_gui_listen: 'off',
    demo: 'off',
    nginx_worker_processes: '1',
    log_level: 'notice',
    plugin_path: testPlugins,
    ...given,
  };
}

function load(flags: GivenSettings): Settings {
  const result = loadSettings({ env: {}, flags, searchPaths: [] });
  if (!result.ok) throw new Error(`Settings of a test are wrong: ${result.errors.join('; ')}`);
  return result.settings;
}

/** Starts a gateway in this process, in a folder of its own, on free ports of loopback. */
export async function startTestGateway(given: GivenSettings = {}): Promise<InProcessGateway> {
  const prefix = mkdtempSync(join(tmpdir(), 'gibbon-test-'));
  const flags = settingsOf(prefix, given);
  const running = await startGateway(load(flags));
  const talk = talkTo(prefix, () => running.addresses);
  let stopped: Promise<void> | undefined;
  return {
    ...talk,
    running,
    settings: (overlay = {}) => load({ ...flags, ...overlay }),
    stop(graceful = false) {
      stopped ??= (async () => {
        await running.stop({ graceful, timeoutMs: graceful ? 10_000 : 0 });
        // Clients of tests that failed would keep the process.
        talk.closeClients();
        rmSync(prefix, { recursive: true, force: true });
      })();
      return stopped;
    },
  };
}

/**
 * Starts a gateway as its own process, as `gibbon start` does, and resolves once it serves. `openFiles` is how many files
 * and sockets the system lets it have at a time.
 */
export async function startChildGateway(
  given: GivenSettings = {},
  prefix?: string,
  openFiles?: number,
): Promise<ChildGateway> {
  const folder = prefix ?? mkdtempSync(join(tmpdir(), 'gibbon-test-'));
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH };
  for (const [name, value] of Object.entries(settingsOf(folder, given))) env[`KONG_${name.toUpperCase()}`] = value;
  const command = [process.execPath, join(root, 'src/cli/main.ts'), 'start', '--foreground'];
  const limited =
    openFiles === undefined ? command : ['sh', '-c', `ulimit -n ${openFiles} && exec "$@"`, 'sh', ...command];
  const [program = '', ...args] = limited;
  const child = spawn(program, args, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  // A test that fails must not leave it running.
  const end = (): boolean => child.kill('SIGKILL');
  process.once('exit', end);
  void exited.then(() => process.removeListener('exit', end));
  const addresses = await new Promise<RunningGateway['addresses']>((resolve, reject) => {
    child.on('message', (message: { readonly type: string; readonly addresses: RunningGateway['addresses'] }) => {
      if (message.type === 'started') resolve(message.addresses);
    });
    void exited.then((code) => reject(new Error(`The gateway ended with code ${code}: ${output}`)));
  });
  return {
    ...talkTo(folder, () => addresses),
    child,
    kill(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function talkTo(
  prefix: string,
  addresses: () => RunningGateway['addresses'],
): TestGateway & { readonly closeClients: () => void } {
  const clients: RawClient[] = [];
  const portOf = (list: readonly Address[], ssl: boolean): number =>
    list.find((address) => address.ssl === ssl)?.port ?? 0;
  const readLog = (): string => readFileSync(join(prefix, 'logs/error.log'), 'utf8');
  const proxyPort = (ssl: boolean): number => portOf(addresses().proxy, ssl);
  return {
    prefix,
    get port() {
      return proxyPort(false);
    },
    get tlsPort() {
      return proxyPort(true);
    },
    admin: (method, path, body, expected) => askAdmin(portOf(addresses().admin, false), method, path, body, expected),
    async connect(options = {}) {
      const client = await connectRaw({ ...options, port: proxyPort(options.tls !== undefined) });
      clients.push(client);
      return client;
    },
    closeClients() {
      for (const client of clients) client.close();
    },
    readLog,
    async waitForLog(pattern) {
      const deadline = performance.now() + 10_000;
      while (!pattern.test(readLog())) {
        if (performance.now() > deadline)
          throw new Error(`The log never matched ${pattern}:\n${readLog().slice(-2000)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

function askAdmin(port: number, method: string, path: string, body: unknown, expected?: number): Promise<AdminAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        port,
        host: '127.0.0.1',
        method,
        path,
        headers:
          text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (answer) => {
        let received = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          received += part;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const status = answer.statusCode!;
          if (expected === undefined ? status >= 300 : status !== expected) {
            reject(new Error(`${method} ${path} was answered with ${status}: ${received}`));
          } else resolve({ status, body: received === '' ? undefined : JSON.parse(received) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Makes a service for a port of loopback and a route to it; returns both rows. */
export async function createRoute(
  gateway: TestGateway,
  upstreamPort: number,
  path: string,
  service: object = {},
  route: object = {},
): Promise<{ readonly service: { readonly id: string }; readonly route: { readonly id: string } }> {
  const made = await gateway.admin('POST', '/services', { host: '127.0.0.1', port: upstreamPort, ...service });
  const placed = await gateway.admin('POST', `/services/${made.body.id}/routes`, { paths: [path], ...route });
  return { service: made.body, route: placed.body };
}
