import type { Socket } from 'node:net';
import { createSecureContext, createServer, TLSSocket } from 'node:tls';
import type { ListenTls } from '../listeners/listener.ts';
import { stapled } from '../listeners/tls-servers.ts';

/**
 * Begins the handshake of a connection, whose certificate is chosen once `choose` was called by `before`. The socket emits
 * `secure` when the handshake is done.
 */
export type BeginHandshake = (raw: Socket, before: (choose: () => void) => void) => TLSSocket;

/** Makes {@link BeginHandshake} for a listener. */
export function createStreamHandshakes({ certificates, options }: ListenTls): BeginHandshake {
  // It takes no connections, and is who a connection asks for proofs of its certificate.
  const server = stapled(createServer(), certificates);
  let secureContext = createSecureContext(options);
  certificates.onTicketKeys((ticketKeys) => {
    secureContext = createSecureContext({ ...options, ticketKeys });
  });
  const choose = options.SNICallback!;
  return (raw, before) =>
    new TLSSocket(raw, {
      isServer: true,
      server,
      allowHalfOpen: true,
      secureContext,
      SNICallback(this: TLSSocket, serverName, done) {
        before(() => choose.call(this, serverName, done));
      },
    } as ConstructorParameters<typeof TLSSocket>[1]);
}
