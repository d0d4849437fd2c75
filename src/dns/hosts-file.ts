import { isIP } from 'node:net';

/** What a hosts file says, by lower-case name: the first address of each family. */
export type Hosts = ReadonlyMap<string, { readonly v4?: string; readonly v6?: string }>;

/**
 * Reads the text of a hosts file. As in Kong, the first line that names a host wins for each family, and `localhost` is
 * known even when the file does not name it. Lines that make no sense are passed over.
 */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, { v4?: string; v6?: string }>();
  for (const line of text.split('\n')) {
    const [ip, ...names] = line.split('#', 1)[0]!.split(/\s+/).filter(Boolean);
    if (ip === undefined) continue;
    const version = isIP(ip);
    if (version === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      let known = hosts.get(key);
      if (known === undefined) {
        known = {};
        hosts.set(key, known);
      }
      if (version === 4) known.v4 ??= ip;
      else known.v6 ??= ip;
    }
  }
  const local = hosts.get('localhost');
  if (local === undefined) hosts.set('localhost', { v4: '127.0.0.1', v6: '::1' });
  return hosts;
}
