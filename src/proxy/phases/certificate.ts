import type { Socket } from 'node:net';
import { RequestHead } from '../../http1/index.ts';
import { phaseBits } from '../../pdk/support.ts';
import { describeClient } from '../describe-client.ts';
import type { ClientConnection, Downstream } from '../downstream.ts';
import { Exchange } from '../exchange/exchange.ts';
import type { HandshakeWishes } from '../handshake.ts';
import type { ProxiedPeer } from '../listeners/proxy-protocol/result.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { promiseOf, reportFault } from './handlers.ts';

/**
 * Runs the certificate handlers of global configurations for a handshake that is about to begin, then calls `done`; what
 * they want of it is written into `wishes`. There is no request yet: the PDK's functions that need one refuse to be called.
 * A handler that fails is logged, and the handshake goes on.
 */
export function runCertificate(
  runtime: ProxyRuntime,
  socket: Socket,
  proxied: ProxiedPeer | undefined,
  serverName: string | undefined,
  wishes: HandshakeWishes,
  done: () => void,
): void {
  const list = runtime.snapshot.globalPlan.certificate;
  const client = list.length === 0 ? undefined : describeClient(runtime, socket, { serverName, wishes }, proxied);
  if (client === undefined) {
    done();
    return;
  }
  const x = new Exchange(runtime, handshakeOf(client), new RequestHead());
  const runFrom = (from: number): void => {
    x.phase = phaseBits.certificate;
    for (let at = from; at < list.length; at += 1) {
      const instance = list[at]!;
      x.plugin = instance;
      try {
        const pending = promiseOf(instance.certificate!(x.kong));
        if (pending !== undefined) {
          pending
            .catch((fault: unknown) => reportFault(x, instance, fault))
            .then(
              () => runFrom(at + 1),
              () => {},
            );
          return;
        }
      } catch (fault) {
        reportFault(x, instance, fault);
      }
    }
    done();
  };
  runFrom(0);
}

/** True when a handshake has to wait for handlers. */
export function hasCertificateHandlers(runtime: ProxyRuntime): boolean {
  return runtime.snapshot.globalPlan.certificate.length > 0;
}

/** The client of a handshake as a downstream that neither asks nor takes anything. */
function handshakeOf(client: ClientConnection): Downstream {
  const nothing = (): void => {};
  return {
    client,
    httpVersion: 1.1,
    isOpen: false,
    requestCount: 0,
    hasUnreadBody: false,
    bodyLength: 0,
    readBody: nothing,
    pauseBody: nothing,
    resumeBody: nothing,
    sendInterim: nothing,
    sendHead: nothing,
    sendUpgrade: nothing,
    sendText: nothing,
    sendBytes: nothing,
    sendEnd: nothing,
    flush: () => true,
    abort: nothing,
    closeAfterwards: nothing,
    finish: nothing,
  };
}
