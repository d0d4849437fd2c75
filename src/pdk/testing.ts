/**
 * Testing: runs plugins without a gateway and without sockets. The fake exchange answers the whole PDK as the gateway
 * does, refusals included; `runPlugin` leads a request through the phases and tells what client and upstream saw.
 */

export { createManualClock, type ManualClock } from '../kernel/index.ts';
export { createFakeExchange, type FakeExchange } from './testing/exchange.ts';
export {
  createFakeCounters,
  createFakeHost,
  createFakeStore,
  type FakeHost,
  type FakeHostOptions,
  fakeNodeId,
} from './testing/host.ts';
export type { LogLine } from './testing/log.ts';
export type { PluginRun, UpstreamRequest } from './testing/report.ts';
export { type ConfiguredPlugin, createPluginRunner, type PluginRunner, runPlugin } from './testing/run.ts';
export {
  type FakeExchangeOptions,
  type FakeRequest,
  type FakeUpstreamResponse,
  fakeRoute,
  fakeService,
} from './testing/state.ts';
