import { aliases } from './aliases.ts';
import { listenFlags } from './listen.ts';
import { masked, type SettingValue } from './parse-value.ts';
import { type PropertyName, properties } from './properties/index.ts';
import type { Listener, Property } from './property.ts';
import type { Settings } from './settings.ts';

/** The report that `GET /` of the Admin API gives as `configuration`: JSON data in Kong's shape, secrets masked. */
export function reportSettings(settings: Settings): Record<string, unknown> {
  const report: Record<string, unknown> = {};
  for (const name of Object.keys(properties) as PropertyName[]) {
    const property: Property = properties[name];
    const value = settings[name] as SettingValue;
    if (value === undefined || (Array.isArray(value) && value.length === 0 && property.sensitive === true)) continue;
    if (property.sensitive === true) report[name] = masked;
    else if (settings.references[name] !== undefined) report[name] = settings.references[name];
    else if (property.kind === 'listen') {
      const listeners = settings[name] as readonly Listener[];
      report[name] = listeners.length === 0 ? ['off'] : listeners.map((listener) => listener.text);
      const flags = listenFlags(property.subsystem ?? 'http');
      report[`${name}ers`] = listeners.map((listener) => reportListener(listener, flags));
    } else report[name] = reported(name, property, value);
  }
  for (const { from, to, mirrored } of aliases) {
    if (mirrored === true && report[to] !== undefined) report[from] = report[to];
  }
  for (const name of ['proxy_listen', 'admin_listen', 'status_listen', 'admin_gui_listen'] as const) {
    report[name.replace('_listen', '_ssl_enabled')] = settings[name].some((listener) => listener.ssl);
  }
  Object.assign(report, Object.fromEntries(Object.entries(settings.injected)));
  report.host_ports = { ...settings.host_ports };
  report.storage_engine = settings.database;
  report.database =
    settings.database === 'sqlite' || settings.database === 'mysql'
      ? settings.admin_report_database
      : settings.database;
  return report;
}

function reported(name: PropertyName, property: Property, value: SettingValue): SettingValue {
  // Kong hands these on to nginx as words.
  if (property.kind === 'boolean' && (name.startsWith('nginx_') || nginxWords.has(name))) return value ? 'on' : 'off';
  if (property.kind === 'size' || property.kind === 'time' || property.kind === 'auto') {
    return formatValue(property, value);
  }
  return value;
}

const nginxWords: ReadonlySet<string> = new Set([
  'real_ip_recursive',
  'ssl_prefer_server_ciphers',
  'ssl_session_tickets',
]);

function reportListener(listener: Listener, flags: readonly string[]): Record<string, unknown> {
  const ip = listener.host.includes(':') ? `[${expandIpv6(listener.host)}]` : listener.host;
  const report: Record<string, unknown> = {};
  const written: string[] = [];
  for (const flag of flags) {
    const word = flagWord(listener, flag);
    report[word ?? flag] = word !== undefined;
    // nginx has no such listen flag any more, so Kong leaves it out here.
    if (word !== undefined && word !== 'http2') written.push(word);
  }
  report.ip = ip;
  report.port = listener.port;
  report.listener = [`${ip}:${listener.port}`, ...written].join(' ');
  return report;
}

/** The word that a listener has for a flag as {@link listenFlags} spells it; undefined when it has none. */
function flagWord(listener: Listener, flag: string): string | undefined {
  switch (flag) {
    case 'backlog=%d+':
      return listener.backlog === undefined ? undefined : `backlog=${listener.backlog}`;
    case 'ipv6only=on':
      return listener.ipv6only === true ? flag : undefined;
    case 'ipv6only=off':
      return listener.ipv6only === false ? flag : undefined;
    case 'so_keepalive=on':
    case 'so_keepalive=off':
      return `so_keepalive=${listener.so_keepalive}` === flag ? flag : undefined;
    case 'so_keepalive=%w*:%w*:%d*':
      return listener.so_keepalive?.includes(':') === true ? `so_keepalive=${listener.so_keepalive}` : undefined;
    default:
      return listener[flag as 'ssl'] ? flag : undefined;
  }
}

function expandIpv6(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right].map((group) => group.padStart(4, '0')).join(':');
}

/** Writes a value back as the text that a configuration file would hold. */
export function formatValue(property: Property, value: SettingValue): string {
  if (value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') {
    if (property.kind === 'size') return formatSize(value);
    return property.kind === 'time' ? formatTime(value) : String(value);
  }
  if (property.kind === 'listen') {
    return value.length === 0 ? 'off' : (value as readonly Listener[]).map((listener) => listener.text).join(', ');
  }
  return (value as readonly string[]).join(', ');
}

function formatSize(bytes: number): string {
  for (const [factor, suffix] of [
    [1024 ** 2, 'm'],
    [1024, 'k'],
  ] as const) {
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${suffix}`;
  }
  return String(bytes);
}

function formatTime(ms: number): string {
  if (ms % 1000 !== 0) return `${ms}ms`;
  return ms > 0 && ms % 86_400_000 === 0 ? `${ms / 86_400_000}d` : `${ms / 1000}s`;
}
