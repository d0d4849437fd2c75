import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { createLru } from '../../kernel/index.ts';
import type { HandshakeWishes } from '../handshake.ts';
import { hasCertificateHandlers, runCertificate } from '../phases/certificate.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { HelloReader } from './hello-reader.ts';
import type { ListenTls } from './listener.ts';

/** Ways to shake hands that are kept ready at a time, beside the usual one. */
const maxServers = 64;

/** What the handshakes of a listener need. */
export interface TlsServersOptions {
  readonly runtime: ProxyRuntime;
  readonly tls: ListenTls;
  /** Names for ALPN; undefined for none. */
  readonly protocols: readonly string[] | undefined;
  /** A handshake is done; `wasAsked` when the client was asked for its certificate. */
  readonly onSecured: (socket: TLSSocket, wasAsked: boolean) => void;
}

/**
 * Makes the handshakes of a listener: returns what takes an accepted connection. None of the servers behind it listens
 * itself. As long as no plugin has a say in handshakes, all connections go to the usual one as they come.
 */
export function createTlsServers(options: TlsServersOptions): (socket: Socket) => void {
  const { runtime, tls, onSecured } = options;
  const protocols = options.protocols === undefined ? {} : { ALPNProtocols: [...options.protocols] };

  function make(settings: TlsOptions, wasAsked: boolean): Server {
    const server = createServer({ ...settings, ...protocols }, (socket) => onSecured(socket, wasAsked));
    // A failed handshake is the client's affair; without a listener it would be thrown.
    server.on('tlsClientError', () => {});
    return server;
  }

  const usual = make(tls.options, false);
  const others = createLru<string, Server>(maxServers);

  function serverFor({ authorities, isApart }: HandshakeWishes): Server {
    if (authorities === undefined && !isApart) return usual;
    const key = authorities === undefined ? '' : `asks ${authorities.join('')}`;
    let server = others.get(key);
    if (server === undefined) {
      server = make(tls.certificates.optionsFor({ authorities }), authorities !== undefined);
      others.set(key, server);
    }
    return server;
  }

  function begin(socket: Socket, serverName: string | undefined): void {
    const wishes: HandshakeWishes = {
      authorities: runtime.snapshot.clientCertificates.authoritiesFor(serverName),
      isApart: false,
    };
    runCertificate(runtime, socket, serverName, wishes, () => {
      // A connection that has gone meanwhile has nothing to be handed over.
      if (!socket.destroyed) serverFor(wishes).emit('connection', socket);
    });
  }

  return (socket) => {
    if (!runtime.snapshot.clientCertificates.areWanted && !hasCertificateHandlers(runtime)) {
      usual.emit('connection', socket);
      return;
    }
    new HelloReader(runtime, socket, (serverName) => begin(socket, serverName));
  };
}
