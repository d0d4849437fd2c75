import type { LogLevel } from '../../kernel/index.ts';
import type { Row } from '../../schema/index.ts';
import { parseArgs } from '../args.ts';
import { checkPhase } from '../checks.ts';
import type { Kong, KongLog, Phase } from '../kong.ts';
import { checkSerializeValue, logEntry } from '../log-entry.ts';
import { kongVersion, kongVersionNum } from '../version.ts';
import { createClient } from './client.ts';
import { createFakeHost, type FakeHost, type FakeHostOptions, fakeNodeId } from './host.ts';
import { createRequest } from './request.ts';
import { type BodyWindow, createResponse, sourceOf } from './response.ts';
import { createService } from './service.ts';
import { createState, type ExchangeState, enterPhase, type FakeExchangeOptions } from './state.ts';

/** One request in flight, without sockets. */
export interface FakeExchange {
  readonly state: ExchangeState;
  /** The PDK as a plugin of that name sees it; each name has a `kong.ctx.plugin` of its own. */
  kongFor(plugin: string): Kong;
  /** The PDK of a nameless plugin. */
  readonly kong: Kong;
  /** From now on functions are called in this phase; `access` at first. */
  enter(phase: Phase): void;
  /** What the body filter that runs now reads and writes. */
  window: BodyWindow;
}

/**
 * Creates a request in flight with the whole PDK over it. Calls in a wrong phase and wrong arguments are refused with
 * Kong's texts.
 */
export function createFakeExchange(
  options: FakeExchangeOptions & FakeHostOptions = {},
  host: FakeHost = createFakeHost(options),
): FakeExchange {
  const state = createState(options, host);
  const warn = (message: string): void => host.log.warn(message);
  const modules: Omit<Kong, 'ctx' | 'log'> = {
    version: kongVersion,
    versionNum: kongVersionNum,
    client: createClient(state),
    request: createRequest(state),
    response: createResponse(state, warn, () => exchange.window),
    service: createService(state),
    router: {
      getRoute() {
        checkPhase('router.get_route', state.phase);
        return state.route;
      },
      getService() {
        checkPhase('router.get_service', state.phase);
        return state.service;
      },
    },
    node: {
      getId: () => fakeNodeId,
      getHostname: () => host.node.hostname,
      getMemoryStats: () => ({ lua_shared_dicts: {}, workers_lua_vms: [] }),
    },
    ip: { isTrusted: (address) => state.isTrusted(address) },
    connection: {
      getServerAddress: () => '127.0.0.1',
      getSerial: () => 7,
      getRequestCount: () => 1,
    },
  };
  const views = new Map<string, Kong>();
  const exchange: FakeExchange = {
    state,
    kongFor(plugin) {
      let kong = views.get(plugin);
      if (kong === undefined) {
        kong = { ...modules, ctx: { shared: state.shared, plugin: {} }, log: createLog(state, plugin) };
        views.set(plugin, kong);
      }
      return kong;
    },
    get kong() {
      return exchange.kongFor('');
    },
    enter: (phase) => enterPhase(state, phase),
    window: { chunk: '', isLast: false, kept: undefined, replaced: undefined },
  };
  return exchange;
}

function createLog(state: ExchangeState, plugin: string): KongLog {
  const logger = plugin === '' ? state.host.log : state.host.log.child(plugin);
  const at = (level: LogLevel) => (message: string) => logger.write(level, message);
  return {
    alert: at('alert'),
    crit: at('crit'),
    error: at('error'),
    warn: at('warn'),
    notice: at('notice'),
    info: at('info'),
    debug: at('debug'),
    serialize() {
      checkPhase('log.serialize', state.phase);
      return serialize(state);
    },
    setSerializeValue(key, value, options) {
      checkPhase('log.set_serialize_value', state.phase);
      const mode = options?.mode ?? 'set';
      checkSerializeValue(key, mode);
      state.serializeValues.push({ key, value, mode });
    },
  };
}

/** The log entry of an exchange; latencies are all 0 but for the time that the test's clock was moved. */
export function serialize(state: ExchangeState): Row {
  const { upstream, answer, upstreamAnswer } = state;
  const bodySize = answer.body.reduce((sum, chunk) => sum + chunk.length, 0);
  return logEntry(
    {
      requestId: state.requestId,
      uri: state.target,
      scheme: state.scheme,
      host: state.authority,
      port: state.options.hostPorts?.[state.port] ?? state.port,
      query: parseArgs(state.query),
      method: state.method,
      requestHeaders: state.requestHeaders.table(),
      requestSize: state.requestHeaders.size + state.requestBody.length,
      upstreamUri: upstream.wasCalled ? upstream.path + (state.query === '' ? '' : `?${state.query}`) : '',
      upstreamStatus: upstreamAnswer === undefined ? '' : String(upstreamAnswer.status),
      status: answer.status,
      responseHeaders: answer.headers.table(),
      responseSize: answer.headers.size + bodySize,
      latencies: {
        kong: 0,
        proxy: upstreamAnswer === undefined ? -1 : 0,
        request: state.host.clock.now() - state.startedAt,
        receive: 0,
      },
      ...(state.credential && { credential: state.credential }),
      ...(state.consumer && { consumer: state.consumer }),
      ...(state.route && { route: state.route }),
      ...(state.service && { service: state.service }),
      clientIp: state.options.request?.forwardedIp ?? state.clientIp,
      startedAt: state.startedAt,
      source: sourceOf(state),
    },
    state.serializeValues,
  );
}
