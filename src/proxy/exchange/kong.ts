import {
  type Kong,
  type KongConnection,
  type KongCtx,
  type KongIp,
  type KongNode,
  type KongRouter,
  kongVersion,
  kongVersionNum,
} from '../../pdk/index.ts';
import type { Row } from '../../schema/index.ts';
import { ClientApi } from './client-api.ts';
import type { Exchange } from './exchange.ts';
import { LogApi } from './log-api.ts';
import { phasesOf, refusePhase } from './phase-check.ts';
import { RequestApi } from './request-api.ts';
import { ResponseApi } from './response-api.ts';
import { ServiceApi } from './service-api.ts';

const fromAccess = phasesOf('router.get_route');

/** The PDK over an exchange; modules are made when they are first asked for. */
export class ExchangeKong implements Kong, KongRouter, KongNode, KongIp, KongConnection, KongCtx {
  readonly #x: Exchange;
  #client: ClientApi | undefined;
  #request: RequestApi | undefined;
  #response: ResponseApi | undefined;
  #service: ServiceApi | undefined;
  #log: LogApi | undefined;

  constructor(x: Exchange) {
    this.#x = x;
  }

  get version(): string {
    return kongVersion;
  }

  get versionNum(): number {
    return kongVersionNum;
  }

  get client(): ClientApi {
    return (this.#client ??= new ClientApi(this.#x));
  }

  get request(): RequestApi {
    return (this.#request ??= new RequestApi(this.#x));
  }

  get response(): ResponseApi {
    return (this.#response ??= new ResponseApi(this.#x));
  }

  get service(): ServiceApi {
    return (this.#service ??= new ServiceApi(this.#x));
  }

  get log(): LogApi {
    return (this.#log ??= new LogApi(this.#x));
  }

  // The small modules are this object itself: one allocation less for each.

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
    if ((fromAccess & this.#x.phase) === 0) refusePhase('router.get_route', this.#x.phase);
    return this.#x.route?.route;
  }

  getService(): Row | undefined {
    if ((fromAccess & this.#x.phase) === 0) refusePhase('router.get_service', this.#x.phase);
    return this.#x.service?.row;
  }

  get shared(): Record<string, unknown> {
    return (this.#x.shared ??= Object.create(null) as Record<string, unknown>);
  }

  get plugin(): Record<string, unknown> {
    const x = this.#x;
    const id = x.plugin?.id ?? '';
    const all = (x.pluginCtx ??= new Map());
    let own = all.get(id);
    if (own === undefined) {
      own = Object.create(null) as Record<string, unknown>;
      all.set(id, own);
    }
    return own;
  }

  getId(): string {
    return this.#x.runtime.node.id;
  }

  getHostname(): string {
    return this.#x.runtime.node.hostname;
  }

  getMemoryStats(unit: 'b' | 'k' | 'm' | 'g' = 'b', scale = 2): Row {
    return this.#x.runtime.memoryStats(unit, scale);
  }

  isTrusted(address: string): boolean {
    return this.#x.runtime.settings.isTrusted(address);
  }

  getServerAddress(): string {
    return this.#x.down.client.localAddress;
  }

  getSerial(): number {
    return this.#x.down.client.serial;
  }

  getRequestCount(): number {
    return this.#x.down.requestCount;
  }
}
