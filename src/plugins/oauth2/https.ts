import type { Kong } from '../../pdk/index.ts';
import { type Problem, problems } from './problem.ts';

/**
 * What is wrong with the way that a request for a code or a token came; undefined for TLS. With `acceptsTerminated` it may
 * have ended at a trusted proxy that says so in X-Forwarded-Proto.
 */
export function checkHttps(kong: Kong, acceptsTerminated: boolean): Problem | undefined {
  if (kong.request.getScheme() === 'https') return undefined;
  if (!acceptsTerminated || !kong.ip.isTrusted(kong.client.getIp())) return problems.needsHttps;
  const values = kong.request.getHeaderValues('x-forwarded-proto');
  if (values.length > 1 || values[0]?.includes(',')) return problems.severalProtos;
  return values[0]?.toLowerCase() === 'https' ? undefined : problems.needsHttps;
}
