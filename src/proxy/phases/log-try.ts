import type { LogTry } from '../../pdk/support.ts';
import type { Try } from './passage.ts';

/** A try as the log entry shows it. */
export function logTry(attempt: Try): LogTry {
  return {
    ip: attempt.ip,
    port: attempt.port,
    balancer_start: Math.floor(attempt.startedAt),
    balancer_start_ns: attempt.startedAt * 1_000_000,
    balancer_latency: Math.floor(attempt.latency),
    balancer_latency_ns: attempt.latency * 1_000_000,
    ...(attempt.failed && { state: 'failed', code: attempt.code ?? 502 }),
  };
}
