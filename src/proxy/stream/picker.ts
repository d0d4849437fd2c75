import { anyPeer, type Balancers } from '../../balancer/index.ts';
import type { StreamPicker } from './runtime.ts';
import type { StreamSession } from './session.ts';

/** Makes the {@link StreamPicker} of a worker: an Upstream's balancer where a host is the name of one, else the name's addresses. */
export function createStreamPicker(balancers: Balancers): StreamPicker {
  return {
    pick(session, { host, port }) {
      const upstream = balancers.byName(host);
      session.upstream = upstream?.upstream;
      if (upstream !== undefined) {
        session.hashKey = hashOf(session);
        return upstream.next(session);
      }
      const addresses = balancers.peersForHost(host, port);
      return addresses.next(session.tried.length === 0 ? anyPeer : { hashKey: undefined, tried: session.tried });
    },
    hasUpstream: (name) => balancers.byName(name) !== undefined,
  };
}

interface HashFields {
  readonly hash_on?: string | null;
  readonly hash_fallback?: string | null;
}

/** Of all that can be hashed, a stream has the client's address alone. */
function hashOf({ upstream, clientIp }: StreamSession): string | undefined {
  const { hash_on: on, hash_fallback: fallback } = (upstream ?? {}) as HashFields;
  if (on === undefined || on === null || on === 'none') return undefined;
  return on === 'ip' || fallback === 'ip' ? clientIp : undefined;
}
