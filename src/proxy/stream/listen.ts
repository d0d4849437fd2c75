import type { ListenTls, ProxyListener } from '../listeners/listener.ts';
import type { StreamRuntime } from './runtime.ts';
import { listenTcp, type StreamAddress } from './tcp-listener.ts';
import { listenUdp } from './udp-listener.ts';

/**
 * Listens on an address of `stream_listen`; `tls` is used where its clients speak TLS.
 * @throws the error of the system, such as EADDRINUSE.
 */
export function listenStream(runtime: StreamRuntime, address: StreamAddress, tls: ListenTls): Promise<ProxyListener> {
  return address.udp ? listenUdp(runtime, address) : listenTcp(runtime, address, address.ssl ? tls : undefined);
}
