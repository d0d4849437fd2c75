import { isIPv6, SocketAddress } from 'node:net';
import type { HealthLimits, HealthSign } from './policy.ts';

/** Addresses of IPv6 in one spelling. */
export function plainIp(ip: string): string {
  return isIPv6(ip) ? new SocketAddress({ address: ip, family: 'ipv6' }).address : ip;
}

/** `ip:port`, IPv6 in brackets. */
export function shownAddress({ ip, port }: { readonly ip: string; readonly port: number }): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

const nouns: { readonly [Sign in HealthSign]: string } = {
  success: 'success',
  http_failure: 'HTTP failure',
  tcp_failure: 'TCP failure',
  timeout: 'timeout',
};

/** The count that decided, in words. */
export function countOf(sign: HealthSign, limits: HealthLimits): string {
  const count = limits[sign];
  return `${count} ${count === 1 ? nouns[sign] : sign === 'success' ? 'successes' : `${nouns[sign]}s`}`;
}

/** What a try brought, in words; `status` is 0 without an answer. */
export function answerOf(status: number): string {
  return status === 0 ? 'no answer' : `status ${status}`;
}

/** What a worker saw, in words; `status` is 0 without an answer. */
export function detailOf(sign: HealthSign, status: number): string {
  if (status !== 0) return answerOf(status);
  return sign === 'timeout' ? 'no answer in time' : 'the connection failed';
}
