import { isIP } from 'node:net';

/** Where a name server listens. */
export interface NameServer {
  readonly host: string;
  readonly port: number;
}

/** What a resolv.conf says. */
export interface ResolvConf {
  readonly servers: readonly NameServer[];
  /** Domains that are put behind names, in order. */
  readonly search: readonly string[];
  /** A name with fewer dots is looked for in the search domains first. */
  readonly ndots: number;
  /** Milliseconds to wait for an answer before the next try. */
  readonly timeout: number;
  /** Tries in all; every name server is asked, though. */
  readonly attempts: number;
  /** Begins each time with another name server. */
  readonly rotate: boolean;
  /** Asks over TCP only. */
  readonly useTcp: boolean;
}

/** The variables of the environment that overrule the file (resolv.conf(5)). */
export interface ResolvEnv {
  readonly LOCALDOMAIN?: string | undefined;
  readonly RES_OPTIONS?: string | undefined;
}

const maxServers = 3;
const maxSearch = 6;
const dnsPort = 53;

/**
 * Reads the text of a resolv.conf. Lines that make no sense are passed over; three name servers and six search domains
 * count, as in Kong; numbers are capped as resolv.conf(5) says. Without a name server it is the one on this machine.
 */
export function parseResolvConf(text: string, env: ResolvEnv = {}): ResolvConf {
  const servers: NameServer[] = [];
  let search: readonly string[] = [];
  const options = { ndots: 1, timeout: 2, attempts: 5, rotate: false, useTcp: false };
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.split(/[#;]/, 1)[0]!.split(/\s+/).filter(Boolean);
    if (keyword === 'nameserver') {
      const server = values[0] === undefined ? undefined : parseNameServer(values[0]);
      if (server !== undefined && servers.length < maxServers) servers.push(server);
    }
    // The last one of these wins.
    else if (keyword === 'domain') search = domainsOf(values.slice(0, 1));
    else if (keyword === 'search') search = domainsOf(values);
    else if (keyword === 'options') for (const value of values) readOption(options, value);
  }
  if (env.LOCALDOMAIN) search = domainsOf(env.LOCALDOMAIN.split(/\s+/));
  for (const value of (env.RES_OPTIONS ?? '').split(/\s+/)) readOption(options, value);
  return {
    servers: servers.length === 0 ? [{ host: '127.0.0.1', port: dnsPort }] : servers,
    search,
    ...options,
    timeout: options.timeout * 1000,
  };
}

/** Reads `ip`, `ip:port`, `[v6]` or `[v6]:port`; the port is 53 unless told. Undefined when it is none of these. */
export function parseNameServer(text: string): NameServer | undefined {
  if (isIP(text) !== 0) return { host: text, port: dnsPort };
  const match = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = match?.[3] === undefined ? dnsPort : Number(match[3]);
  return isIP(host) === 0 || port === 0 || port > 65_535 ? undefined : { host, port };
}

function domainsOf(values: readonly string[]): readonly string[] {
  const domains = values.map((value) => value.toLowerCase().replace(/^\.+|\.+$/g, ''));
  // The root as a search domain adds nothing.
  return domains.filter((domain) => domain !== '').slice(0, maxSearch);
}

function readOption(
  options: { ndots: number; timeout: number; attempts: number; rotate: boolean; useTcp: boolean },
  text: string,
): void {
  if (text === 'rotate') options.rotate = true;
  else if (text === 'use-vc') options.useTcp = true;
  const match = /^(ndots|timeout|attempts):(\d{1,9})$/.exec(text);
  if (match === null) return;
  const value = Number(match[2]);
  if (match[1] === 'ndots') options.ndots = Math.min(value, 15);
  // As in Kong, no time at all means the usual time.
  else if (match[1] === 'timeout') options.timeout = value === 0 ? 2 : Math.min(value, 30);
  else options.attempts = Math.min(Math.max(value, 1), 10);
}
