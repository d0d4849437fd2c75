import {
  type ExitOptions,
  type HeaderValues,
  type Kong,
  type KongClient,
  type KongConnection,
  type KongCtx,
  type KongIp,
  type KongLog,
  type KongNode,
  type KongRequest,
  type KongResponse,
  type KongRouter,
  type KongService,
  kongVersion,
  kongVersionNum,
} from '../../pdk/index.ts';
import { checkInteger, checkString, gatewayErrorMessage, pdkError, phaseBits } from '../../pdk/support.ts';
import type { Row } from '../../schema/index.ts';
import { StreamLogApi } from './log-api.ts';
import type { StreamSession, StreamStatus } from './session.ts';

/** Statuses that a stream can end with (nginx's ngx_stream.h). */
const statuses: ReadonlySet<unknown> = new Set<StreamStatus>([200, 400, 403, 500, 502, 503]);

/** The PDK over a raw stream. What only requests have throws when it is asked for. */
export class StreamKong implements Kong, KongRouter, KongNode, KongIp, KongConnection, KongCtx {
  readonly #session: StreamSession;
  readonly client: KongClient;
  readonly response: KongResponse;
  readonly service: KongService;
  readonly log: KongLog;

  constructor(session: StreamSession) {
    this.#session = session;
    this.client = clientOf(session);
    this.response = responseOf(session);
    this.service = serviceOf(session);
    this.log = new StreamLogApi(session);
  }

  get version(): string {
    return kongVersion;
  }

  get versionNum(): number {
    return kongVersionNum;
  }

  get request(): KongRequest {
    return onlySome<KongRequest>('request', { getStartTime: () => Math.floor(this.#session.startedAt) });
  }

  get router(): KongRouter {
    return this;
  }

  get ctx(): KongCtx {
    return this;
  }

  get node(): KongNode {
    return this;
  }

  get ip(): KongIp {
    return this;
  }

  get connection(): KongConnection {
    return this;
  }

  getRoute(): Row | undefined {
    return this.#session.route?.route;
  }

  getService(): Row | undefined {
    return this.#session.service?.row;
  }

  get shared(): Record<string, unknown> {
    return (this.#session.shared ??= Object.create(null) as Record<string, unknown>);
  }

  get plugin(): Record<string, unknown> {
    const session = this.#session;
    const id = session.plugin?.id ?? '';
    const all = (session.pluginCtx ??= new Map());
    let own = all.get(id);
    if (own === undefined) {
      own = Object.create(null) as Record<string, unknown>;
      all.set(id, own);
    }
    return own;
  }

  getId(): string {
    return this.#session.runtime.node.id;
  }

  getHostname(): string {
    return this.#session.runtime.node.hostname;
  }

  getMemoryStats(unit: 'b' | 'k' | 'm' | 'g' = 'b', scale = 2): Row {
    return this.#session.runtime.memoryStats(unit, scale);
  }

  isTrusted(address: string): boolean {
    return this.#session.runtime.settings.isTrusted(address);
  }

  getServerAddress(): string {
    return this.#session.client.localAddress;
  }

  getSerial(): number {
    return this.#session.serial;
  }

  getRequestCount(): number {
    return 1;
  }
}

function clientOf(session: StreamSession): KongClient {
  const { client } = session;
  return onlySome<KongClient>('client', {
    getIp: () => client.remoteAddress,
    getForwardedIp: () => client.clientIp,
    getPort: () => client.remotePort,
    getForwardedPort: () => client.clientPort,
    getCredential: () => undefined,
    getConsumer: () => undefined,
    getProtocol() {
      const protocols = session.route?.protocols ?? [];
      if (protocols.length === 1) return protocols[0]!;
      // Kong 3.9 tells it by the protocol that the service is called with.
      return session.service?.protocol === 'tls' ? 'tls' : 'tcp';
    },
  });
}

function responseOf(session: StreamSession): KongResponse {
  const exit = (status: number, body?: string | Uint8Array | object | null): void => {
    if (session.phase !== phaseBits.preread) throw pdkError('a stream can be answered in preread only');
    if (typeof status !== 'number') throw pdkError('code must be a number');
    if (!statuses.has(status)) {
      throw pdkError('unacceptable code, only 200, 400, 403, 500, 502 and 503 are accepted');
    }
    const text =
      body === undefined || body === null
        ? undefined
        : typeof body === 'string'
          ? body
          : body instanceof Uint8Array
            ? Buffer.from(body).toString('utf8')
            : JSON.stringify(body);
    session.answer = { status: status as StreamStatus, body: text };
  };
  return onlySome<KongResponse>('response', {
    exit: (
      status: number,
      body?: string | Uint8Array | object | null,
      _headers?: HeaderValues,
      _options?: ExitOptions,
    ) => exit(status, body),
    error: (status: number, message?: string | object) => exit(status, message ?? gatewayErrorMessage(status)),
  });
}

function serviceOf(session: StreamSession): KongService {
  const choose = (host: string, port: number): void => {
    if (session.phase !== phaseBits.preread) throw pdkError('a target can be set in preread only');
    session.target = { host, port };
  };
  return onlySome<KongService>('service', {
    setUpstream(name) {
      checkString('host', name);
      if (!session.runtime.picker.hasUpstream(name)) return false;
      choose(name, session.target?.port ?? 80);
      return true;
    },
    setTarget(host, port) {
      checkString('host', host);
      checkInteger('port', port, 0, 65535);
      choose(host, port);
    },
  });
}

/** A module of the PDK of which streams have some functions; asking for another one throws. */
function onlySome<Module extends object>(name: string, own: Partial<Module>): Module {
  return new Proxy(own, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (value !== undefined || typeof key === 'symbol') return value;
      throw pdkError(`kong.${name}.${key} is not there on a stream`);
    },
  }) as Module;
}
