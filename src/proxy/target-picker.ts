import type { Balancer, Balancers } from '../balancer/index.ts';
import type { TargetPicker } from './phases/balancer.ts';
import { type HashFields, hashInput } from './phases/hash-input.ts';

/** Makes the {@link TargetPicker} of a worker: an Upstream's balancer where a host is the name of one, else the name's addresses. */
export function createTargetPicker(balancers: Balancers): TargetPicker {
  return {
    pick(x, target, tried) {
      const passage = x.passage!;
      const upstream = balancers.byName(target.host);
      passage.upstream = upstream?.upstream;
      if (upstream !== undefined) {
        // Once for all tries: a cookie that had to be made must not be made anew.
        if (!passage.isHashed) {
          passage.isHashed = true;
          passage.hashKey = hashInput(x, upstream.upstream as HashFields | undefined);
        }
        return upstream.next(passage);
      }
      const host = (target.attached ??= balancers.peersForHost(target.host, target.port)) as Balancer;
      return host.next(tried.length === 0 ? firstChoice : { hashKey: undefined, tried });
    },
    hasUpstream: (name) => balancers.byName(name) !== undefined,
  };
}

const firstChoice = Object.freeze({ hashKey: undefined, tried: Object.freeze([]) as readonly [] });
