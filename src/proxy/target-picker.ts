import type { Balancer, Balancers } from '../balancer/index.ts';
import type { TargetPicker } from './phases/balancer.ts';
import { type HashFields, hashInput } from './phases/hash-input.ts';

/** Makes the {@link TargetPicker} of a worker: an Upstream's balancer where a host is the name of one, else the name's addresses. */
export function createTargetPicker(balancers: Balancers): TargetPicker {
  return {
    pick(x, target, tried) {
      const upstream = balancers.byName(target.host);
      if (upstream !== undefined) {
        const passage = x.passage!;
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
    hostHeader(target) {
      const row = balancers.byName(target.host)?.upstream as { readonly host_header?: string | null } | undefined;
      return row?.host_header ?? undefined;
    },
    hasUpstream: (name) => balancers.byName(name) !== undefined,
  };
}

const firstChoice = Object.freeze({ hashKey: undefined, tried: Object.freeze([]) as readonly [] });
