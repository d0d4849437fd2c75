import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGateway } from './gateway.ts';
import { type Comparison, compare } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { credentials, type Helpers, type PluginCase, pluginCases, publicKey } from './plugin-cases.ts';
import { cores, end, freePorts, spawnPinned } from './process.ts';
import type { Subject } from './subject.ts';

/** Programs that {@link measurePlugins} uses. */
export interface PluginPrograms {
  readonly wrk: string;
  readonly redis: string;
}

const serviceId = '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0f';
const hosts = { bare: 'bare.test', plugin: 'plugin.test' } as const;

/**
 * Measures each plugin on a route beside a bare one of the same gateway, in turns; `port` is the upstream's. Only plugins
 * whose title has one of the words are measured, or all.
 */
export async function measurePlugins(
  folder: string,
  port: number,
  programs: PluginPrograms,
  options: BenchOptions,
  say: (text: string) => void,
): Promise<Comparison[]> {
  const [redisPort = 0] = await freePorts(1);
  const redis = spawnPinned(
    cores.rest,
    [programs.redis, '--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    { stdio: 'ignore' },
  );
  const provider = createServer((asked, answer) => answer.end(JSON.stringify(documents(asked.url ?? '', issuer()))));
  const issuer = (): string => `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  try {
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    const helpers: Helpers = { redisPort, issuer: issuer() };
    const chosen = pluginCases(helpers).filter(
      ({ title }) => options.plugin.length === 0 || options.plugin.some((word) => title.includes(word)),
    );
    if (chosen.length === 0) throw new Error(`no plugin "${options.plugin.join('", "')}" is measured`);
    const comparisons: Comparison[] = [];
    for (const [at, one] of chosen.entries()) {
      comparisons.push(await measureOne(one, { folder, port, wrk: programs.wrk, name: `plugin-${at}` }, options, say));
    }
    return comparisons;
  } finally {
    provider.closeAllConnections();
    provider.close();
    await end(redis);
  }
}

async function measureOne(
  one: PluginCase,
  {
    folder,
    port,
    wrk,
    name: place,
  }: { readonly [part in 'folder' | 'wrk' | 'name']: string } & { readonly port: number },
  { rounds, connections, seconds }: BenchOptions,
  say: (text: string) => void,
): Promise<Comparison> {
  const { title, plugin, beside = [], status = 200 } = one;
  say(`${title}: starting`);
  const gateway = await startGateway(
    {
      name: place,
      async configure(create, url) {
        await create('/services', { id: serviceId, name: 'bench', url });
        for (const [path, row] of credentials(serviceId)) await create(path, row);
        for (const [name, host] of Object.entries(hosts)) {
          await create('/services/bench/routes', { name, hosts: [host], paths: ['/'], strip_path: false });
          for (const other of beside) await create(`/routes/${name}/plugins`, { ...other });
        }
        await create('/routes/plugin/plugins', { ...plugin });
      },
    },
    folder,
    [port],
  );
  try {
    const headers = { ...one.headers, ...(await cookiesOf(gateway.port, one.signIn)) };
    const [bare, measured] = Object.keys(hosts).map((name): Subject => ({ ...gateway, name }));
    const headersOf = (target: Subject) => ({ ...headers, Host: hosts[target.name as keyof typeof hosts] });
    const got = (await ask(gateway.port, headersOf(measured!))).status;
    if (got !== status) throw new Error(`${title}: answered with ${got} in place of ${status}`);
    const load = (target: Subject) => ({
      wrk,
      url: `http://127.0.0.1:${target.port}/small`,
      connections,
      seconds,
      headers: headersOf(target),
      isHttp2: false,
    });
    return await compare(title, bare!, measured!, rounds, load, say);
  } finally {
    await gateway.stop();
  }
}

/** The cookies of a request with these credentials. */
async function cookiesOf(port: number, authorization: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (authorization === undefined) return {};
  const { cookies } = await ask(port, { Host: hosts.plugin, Authorization: authorization });
  return { Cookie: cookies.map((cookie) => cookie.split(';')[0]!).join('; ') };
}

function ask(
  port: number,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly cookies: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/small', headers, agent: false }, (answer) => {
      answer
        .resume()
        .on('end', () => resolve({ status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'] ?? [] }));
    });
    sent.on('error', reject).end();
  });
}

/** What a provider of tokens says of itself. */
function documents(path: string, issuer: string): object {
  return path.startsWith('/.well-known') ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: [publicKey()] };
}
