import { createStreamRouter } from '../traditional/router.ts';
import type { RouteTarget } from '../types.ts';
import type { StreamRouter } from './types.ts';

const noHeader = (): undefined => undefined;

/**
 * Creates an empty router for connections of the flavour `expressions`: routes by expressions, or by sources, destinations
 * and server names. As in Kong, a connection without TLS meets whatever a route by fields asks of server names.
 */
export function createStreamExpressionsRouter<T extends RouteTarget = RouteTarget>(): StreamRouter<T> {
  const router = createStreamRouter<T>();
  return {
    match({ scheme, clientIp, clientPort, serverIp, port, sni }) {
      const request = {
        scheme,
        clientIp,
        clientPort,
        serverIp,
        port,
        sni,
        method: '',
        host: '',
        path: '',
        header: noHeader,
      };
      return router.match(request)?.target;
    },
    put: (target) => router.put(target),
    delete: (routeId) => router.delete(routeId),
    get size() {
      return router.size;
    },
  };
}
