import { type HeaderToSet, phaseBits } from '../../pdk/support.ts';
import { checkProtocol } from '../../router/index.ts';
import { choose, type Instance, type Plan } from '../../snapshot/index.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { resolveClient } from '../forwarded.ts';
import { answer, answerFailure, answerOwn, answerWithError, goOnAfter } from './answer.ts';
import { proxy } from './balancer.ts';
import { runHandler } from './handlers.ts';
import { hostName, prepareUpstream } from './upstream-request.ts';

/** Finds the route and runs the access handlers of its plan in order of priority. */
export function runAccess(x: Exchange): void {
  const { runtime, down } = x;
  const { client } = down;
  if (client.isTrusted) resolveClient(x);
  if (x.method === 'TRACE') return answerWithError(x, 405);

  const match = runtime.snapshot.router.match(x);
  if (match === undefined) return answerWithError(x, 404, 'no Route matched with those values');
  const route = match.target;
  x.match = match;
  x.route = route;
  x.service = route.compiledService;
  const plan = runtime.snapshot.planOf(route);
  x.plan = plan;
  x.headerFilters = plan.headerFilter;
  x.bodyFilters = plan.bodyFilter;
  x.responders = plan.response;
  x.loggers = plan.log;

  if (route.needsProtocolCheck && refuseProtocol(x)) return;
  if (x.service !== undefined) prepareUpstream(x);

  x.phase = phaseBits.access;
  if (plan.entries === undefined) runStatic(x, plan.access, 0);
  else runDynamic(x, plan, 0, []);
}

/** Answers a request that the route's protocols do not let through; false for one that they do. */
function refuseProtocol(x: Exchange): boolean {
  const { client, httpVersion } = x.down;
  const { head } = x;
  const verdict = checkProtocol(x.route!.route, {
    forwardedScheme: (client.isTrusted ? head.forwardedProto : undefined) ?? client.scheme,
    forwardedHost: hostName((client.isTrusted ? head.forwardedHost : undefined) ?? x.host),
    target: x.query === undefined ? x.rawPath : `${x.rawPath}?${x.query}`,
    isHttp2: httpVersion === 2,
    contentType: x.firstHeader('content-type'),
  });
  if (verdict === undefined) return false;
  const headers = Object.entries(verdict.headers).map(([name, value]): HeaderToSet => [name, [value as string]]);
  if (verdict.message === undefined) answer(x, { status: verdict.status, headers, body: '' });
  else answerWithError(x, verdict.status, verdict.message, headers);
  return true;
}

/** All configurations were known beforehand. */
function runStatic(x: Exchange, list: readonly Instance[], from: number): void {
  for (let at = from; at < list.length; at += 1) {
    const instance = list[at]!;
    const outcome = runHandler(x, instance, instance.access!);
    if (typeof outcome !== 'string') {
      goOnAfter(x, outcome, (settled) => {
        if (settled === 'answered') answerOwn(x);
        else if (settled === 'failed') answerFailure(x);
        else runStatic(x, list, at + 1);
      });
      return;
    }
    if (outcome === 'answered') return answerOwn(x);
    if (outcome === 'failed') return answerFailure(x);
  }
  afterAccess(x);
}

/** Configurations depend on the consumer, which an earlier plugin may find: each is chosen when its turn comes. */
function runDynamic(x: Exchange, plan: Plan, from: number, chosen: Instance[]): void {
  const entries = plan.entries!;
  for (let at = from; at < entries.length; at += 1) {
    const instance = choose(entries[at]!, plan, consumerIdOf(x));
    if (instance === undefined) continue;
    chosen.push(instance);
    if (instance.access === undefined) continue;
    const outcome = runHandler(x, instance, instance.access);
    if (typeof outcome !== 'string') {
      goOnAfter(x, outcome, (settled) => {
        if (settled === 'done') runDynamic(x, plan, at + 1, chosen);
        else endDynamic(x, plan, at + 1, chosen, settled === 'answered');
      });
      return;
    }
    if (outcome !== 'done') return endDynamic(x, plan, at + 1, chosen, outcome === 'answered');
  }
  settleLists(x, chosen);
  afterAccess(x);
}

/** The access phase ended early: the remaining plugins do not run, but their configurations count for later phases. */
function endDynamic(x: Exchange, plan: Plan, from: number, chosen: Instance[], isAnswered: boolean): void {
  for (const entry of plan.entries!.slice(from)) {
    const instance = choose(entry, plan, consumerIdOf(x));
    if (instance !== undefined) chosen.push(instance);
  }
  settleLists(x, chosen);
  if (isAnswered) answerOwn(x);
  else answerFailure(x);
}

function settleLists(x: Exchange, chosen: readonly Instance[]): void {
  x.headerFilters = chosen.filter((instance) => instance.headerFilter !== undefined);
  x.bodyFilters = chosen.filter((instance) => instance.bodyFilter !== undefined);
  x.responders = chosen.filter((instance) => instance.response !== undefined);
  x.loggers = chosen.filter((instance) => instance.logPhase !== undefined);
}

function consumerIdOf(x: Exchange): string {
  return x.consumer === undefined ? '' : (x.consumer['id'] as string);
}

function afterAccess(x: Exchange): void {
  if (x.service === undefined && x.target === undefined) {
    return answerWithError(x, 503, 'no Service found with those values');
  }
  // A plugin began to read the body and went on without all of it: the upstream would get its rest for the whole.
  if (x.collecting !== undefined && x.requestBody === undefined) return answerWithError(x, 413);
  proxy(x);
}
