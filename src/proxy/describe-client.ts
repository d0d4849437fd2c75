import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientConnection } from './downstream.ts';
import { clientCertificateOf, type HandshakeWishes } from './handshake.ts';
import type { ProxiedPeer } from './listeners/proxy-protocol/result.ts';
import type { ProxyRuntime } from './runtime.ts';

/** The TLS of a connection whose handshake is done. */
export interface SecuredTls {
  readonly secured: TLSSocket;
  /** The client was asked for its certificate. */
  readonly wasAsked: boolean;
  /** The server name by the client's hello; undefined where that was not looked at. */
  readonly serverName: string | undefined;
}

/** The TLS of a connection: done, or about to begin with a ClientHello that names a server. */
export type ClientTls = SecuredTls | { readonly serverName: string | undefined; readonly wishes: HandshakeWishes };

/**
 * Describes the client at the other end of a connection; undefined when it has gone already. `proxied` is who is behind it
 * by the PROXY protocol.
 */
export function describeClient(
  runtime: ProxyRuntime,
  socket: Socket,
  tls: ClientTls | undefined,
  proxied: ProxiedPeer | undefined,
): ClientConnection | undefined {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (remoteAddress === undefined || remotePort === undefined || localPort === undefined) return undefined;
  const { settings } = runtime;
  const address =
    remoteAddress.startsWith('::ffff:') && remoteAddress.includes('.') ? remoteAddress.slice(7) : remoteAddress;
  const forwardedPort = settings.portMap.get(localPort) ?? localPort;
  const scheme = tls === undefined ? 'http' : 'https';
  const secured = tls !== undefined && 'secured' in tls ? tls.secured : undefined;
  const name = tls?.serverName ?? (secured as { readonly servername?: string | false } | undefined)?.servername;
  return {
    serial: runtime.nextSerial(),
    remoteAddress: address,
    remotePort,
    localAddress: localAddress ?? '',
    localPort,
    forwardedPort,
    scheme,
    sni: typeof name === 'string' ? name.toLowerCase().replace(/\.$/, '') : undefined,
    isTrusted: !settings.trustsNobody && settings.isTrusted(address),
    proxied,
    forwardedLines:
      `${address}\r\nX-Forwarded-Proto: ${scheme}\r\n` +
      `X-Forwarded-Port: ${forwardedPort}\r\nX-Real-IP: ${address}\r\n`,
    fixedPart: undefined,
    handshake: tls !== undefined && 'wishes' in tls ? tls.wishes : undefined,
    // A client that was not asked has sent none: there is nothing to look for.
    certificate: tls !== undefined && 'secured' in tls && tls.wasAsked ? clientCertificateOf(tls.secured) : undefined,
    tls:
      secured === undefined
        ? tls && { version: '', cipher: '' }
        : {
            version: secured.getProtocol() ?? '',
            cipher: secured.getCipher()?.standardName ?? secured.getCipher()?.name ?? '',
          },
  };
}
