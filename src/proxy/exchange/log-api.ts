import { headerTable } from '../../http1/index.ts';
import type { LogLevel } from '../../kernel/index.ts';
import type { KongLog } from '../../pdk/index.ts';
import { checkSerializeValue, logEntry, parseArgs } from '../../pdk/support.ts';
import type { Row } from '../../schema/index.ts';
import { logTry } from '../phases/log-try.ts';
import { hostName, upstreamUri } from '../phases/upstream-request.ts';
import type { Exchange } from './exchange.ts';
import { phasesOf, refusePhase } from './phase-check.ts';

const maySerialize = phasesOf('log.serialize');
const maySetValue = phasesOf('log.set_serialize_value');

/** `kong.log` over an exchange; lines name the plugin whose handler runs. */
export class LogApi implements KongLog {
  readonly #x: Exchange;

  constructor(x: Exchange) {
    this.#x = x;
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
    const x = this.#x;
    if ((maySerialize & x.phase) === 0) refusePhase('log.serialize', x.phase);
    return serialize(x);
  }

  setSerializeValue(key: string, value: unknown, options?: { readonly mode?: 'set' | 'add' | 'replace' }): void {
    const x = this.#x;
    if ((maySetValue & x.phase) === 0) refusePhase('log.set_serialize_value', x.phase);
    const mode = options?.mode ?? 'set';
    checkSerializeValue(key, mode);
    (x.serializeValues ??= []).push({ key, value, mode });
  }

  #write(level: LogLevel, message: string): void {
    const logger = this.#x.plugin?.log ?? this.#x.runtime.logger;
    if (logger.enabled(level)) logger.write(level, `${message}, request_id: "${this.#x.requestId}"`);
  }
}

/** The log entry of an exchange in Kong's shape. */
export function serialize(x: Exchange): Row {
  const { settings } = x.runtime;
  const { client } = x.down;
  const most = settings.maxHeaders;
  const endedAt = x.endedAt === 0 ? x.runtime.clock.now() : x.endedAt;
  const responseHeaders =
    x.responseEdits === undefined
      ? headerTable(`\n${x.responseLines}`, most)
      : x.responseEdits.table(`\n${x.responseLines}`, most);
  const tries = x.passage?.tries.map(logTry);
  const proxy = x.headedAt === 0 ? -1 : Math.floor(x.headedAt - x.proxiedAt);
  const receive = x.headedAt === 0 ? 0 : Math.floor(endedAt - x.headedAt);
  const request = Math.floor(endedAt - x.startedAt);
  return logEntry(
    {
      requestId: x.requestId,
      uri: x.query === undefined ? x.rawPath : `${x.rawPath}?${x.query}`,
      scheme: x.scheme,
      host: hostName(x.host),
      port: client.forwardedPort,
      query: parseArgs(x.query ?? '', settings.maxArgs),
      method: x.method,
      requestHeaders: headerTable(x.head.block, most),
      requestSize: x.requestBytes,
      ...(client.tls && {
        tls: { ...client.tls, client_verify: x.clientVerify ?? client.certificate?.verdict ?? 'NONE' },
      }),
      upstreamUri: x.passage === undefined ? '' : upstreamUri(x),
      upstreamStatus: x.upstreamStatuses,
      status: x.status,
      responseHeaders,
      responseSize: x.responseBytes,
      latencies: { kong: Math.max(0, request - Math.max(0, proxy) - receive), proxy, request, receive },
      ...(tries && { tries }),
      ...(x.credential && { credential: x.credential }),
      ...(x.consumer && { consumer: x.consumer }),
      ...(x.route && { route: x.route.route }),
      ...(x.service && { service: x.service.row }),
      clientIp: x.clientIp,
      startedAt: Math.floor(x.startedAt),
      source: x.source,
      workspace: settings.workspaceId,
      workspaceName: 'default',
    },
    x.serializeValues,
  );
}
