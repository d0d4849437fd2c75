import type { LogLevel } from '../../kernel/index.ts';
import type { KongLog } from '../../pdk/index.ts';
import { checkSerializeValue, pdkError, phaseBits, streamLogEntry } from '../../pdk/support.ts';
import type { Row } from '../../schema/index.ts';
import { logTry } from '../phases/log-try.ts';
import type { StreamSession } from './session.ts';

/** `kong.log` over a raw stream; lines name the plugin whose handler runs. */
export class StreamLogApi implements KongLog {
  readonly #session: StreamSession;

  constructor(session: StreamSession) {
    this.#session = session;
  }

  alert(message: string): void {
    this.#write('alert', message);
  }

  crit(message: string): void {
    this.#write('crit', message);
  }

  error(message: string): void {
    this.#write('error', message);
  }

  warn(message: string): void {
    this.#write('warn', message);
  }

  notice(message: string): void {
    this.#write('notice', message);
  }

  info(message: string): void {
    this.#write('info', message);
  }

  debug(message: string): void {
    this.#write('debug', message);
  }

  serialize(): Row {
    if (this.#session.phase !== phaseBits.log) throw pdkError('a stream is serialized in log only');
    return serializeStream(this.#session);
  }

  setSerializeValue(key: string, value: unknown, options?: { readonly mode?: 'set' | 'add' | 'replace' }): void {
    const mode = options?.mode ?? 'set';
    checkSerializeValue(key, mode);
    (this.#session.serializeValues ??= []).push({ key, value, mode });
  }

  #write(level: LogLevel, message: string): void {
    const logger = this.#session.plugin?.log ?? this.#session.runtime.logger;
    if (logger.enabled(level)) logger.write(level, `${message}, ${this.#session.mark}`);
  }
}

/** The log entry of a stream in Kong's shape. */
function serializeStream(session: StreamSession): Row {
  const { client, startedAt, endedAt, proxiedAt, tls } = session;
  return streamLogEntry(
    {
      ...(tls && { tls: { ...tls, client_verify: 'NONE' } }),
      received: session.received,
      sent: session.sent,
      status: session.status,
      serverPort: client.forwardedPort,
      upstream: { received: session.upstreamReceived, sent: session.upstreamSent },
      latencies: {
        kong: Math.floor((proxiedAt === 0 ? endedAt : proxiedAt) - startedAt),
        session: Math.floor(endedAt - startedAt),
      },
      ...(proxiedAt !== 0 && { tries: session.tries.map(logTry) }),
      ...(session.route && { route: session.route.route }),
      ...(session.service && { service: session.service.row }),
      clientIp: client.clientIp,
      startedAt: Math.floor(startedAt),
      workspace: session.runtime.settings.workspaceId,
      workspaceName: 'default',
    },
    session.serializeValues,
  );
}
