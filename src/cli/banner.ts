import type { RunningGateway } from '../gateway/index.ts';

type Addresses = RunningGateway['addresses'];
type Address = Addresses['proxy'][number];

/** What the opening lines of a started node are made from. */
export interface BannerOptions {
  readonly version: string;
  readonly addresses: Addresses;
  /** True when `/echo` answers as long as nothing is configured. */
  readonly hasDemo: boolean;
  readonly hasColors: boolean;
}

/** Writes where a started node listens, and lines to paste for a first request. */
export function formatBanner({ version, addresses, hasDemo, hasColors }: BannerOptions): string {
  const paint = (code: number, text: string): string => (hasColors ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines = [paint(1, `Gibbon ${version} started`), ''];
  for (const [title, list] of [
    ['proxy', addresses.proxy],
    ['admin', addresses.admin],
    ['status', addresses.status],
  ] as const) {
    const urls = list.map((address) => paint(36, urlOf(address))).join('  ');
    lines.push(`  ${title.padEnd(8)}${urls === '' ? 'off' : urls}`);
  }
  if (addresses.stream.length > 0) {
    const urls = addresses.stream.map((address) => paint(36, urlOf(address, address.udp ? 'udp' : 'tcp', 'tls')));
    lines.push(`  ${'stream'.padEnd(8)}${urls.join('  ')}`);
  }
  const proxy = plainOne(addresses.proxy);
  const admin = plainOne(addresses.admin);
  if (proxy !== undefined && hasDemo) lines.push('', 'Ask it something:', '', `  curl -i ${reachable(proxy)}/echo`);
  if (proxy !== undefined && admin !== undefined) {
    lines.push(
      '',
      'Route something (here: to its own Admin API):',
      '',
      `  curl ${reachable(admin)}/services -d name=example -d url=http://${reachable(admin)}`,
      `  curl ${reachable(admin)}/services/example/routes -d name=example -d 'paths[]=/example'`,
      `  curl -i ${reachable(proxy)}/example/status`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function plainOne(list: readonly Address[]): Address | undefined {
  return list.find((address) => !address.ssl);
}

function urlOf({ host, port, ssl }: Address, plain = 'http', secure = 'https'): string {
  return `${ssl ? secure : plain}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Host and port under which this machine reaches an address. */
function reachable({ host, port }: Address): string {
  if (['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host)) return `localhost:${port}`;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
