import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import { createLru } from '../../kernel/index.ts';
import { type CertificateStore, parseClientHello } from '../../tls/index.ts';
import type { SecuredTls } from '../describe-client.ts';
import type { HandshakeWishes } from '../handshake.ts';
import { hasCertificateHandlers, runCertificate } from '../phases/certificate.ts';
import type { ProxyRuntime } from '../runtime.ts';
import { FirstBytes } from './first-bytes.ts';
import type { ListenTls } from './listener.ts';
import type { ProxiedPeers } from './proxied-peers.ts';

/** Ways to shake hands that are kept ready at a time, beside the usual one. */
const maxServers = 64;

/** Handshakes under way whose server names are known at a time. */
const maxNames = 10_000;

/** What the handshakes of a listener need. */
export interface TlsServersOptions {
  readonly runtime: ProxyRuntime;
  readonly tls: ListenTls;
  /** Who is behind the connections by the PROXY protocol; undefined without that. */
  readonly proxied: ProxiedPeers | undefined;
  /** Names for ALPN; undefined for none. */
  readonly protocols: readonly string[] | undefined;
  /** A handshake is done. */
  readonly onSecured: (socket: TLSSocket, tls: SecuredTls) => void;
}

/** The handshakes of a listener. */
export interface TlsServers {
  /** Takes an accepted connection. */
  begin(socket: Socket): void;
  /** No connection follows: gives up clients that have sent nothing, and resolves once no hello is being read. */
  end(): Promise<void>;
  /** Gives up all clients whose hello is being read. */
  destroy(): void;
}

/**
 * Makes the handshakes of a listener. None of the servers behind it listens
 * itself. As long as no plugin has a say in handshakes, all connections go to the usual one as they come.
 */
export function createTlsServers(options: TlsServersOptions): TlsServers {
  const { runtime, tls, proxied, onSecured } = options;
  const protocols = options.protocols === undefined ? {} : { ALPNProtocols: [...options.protocols] };

  function make(settings: TlsOptions, wasAsked: boolean): Server {
    const server = createServer({ ...settings, ...protocols }, (secured) => {
      const from = originOf(secured);
      onSecured(secured, { secured, wasAsked, serverName: names.get(from) });
      names.delete(from);
    });
    // A failed handshake is the client's affair; without a listener it would be thrown.
    server.on('tlsClientError', () => {});
    return stapled(server, tls.certificates);
  }

  /** Server names that clients asked for, by where they come from, until their handshakes are done. */
  const names = createLru<string, string>(maxNames);

  const usual = make(tls.options, false);
  // Sessions of the other servers are not resumed.
  tls.certificates.onTicketKeys((keys) => usual.setTicketKeys(keys));
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

  /** By their sockets, the looks at hellos that are under way. */
  const readers = new Map<Socket, FirstBytes>();
  let settled: (() => void) | undefined;

  /** Looks which server a client asks for: how the handshake goes may depend on that, and must be settled before it begins. */
  function readHello(socket: Socket): void {
    let serverName: string | undefined;
    const reader = new FirstBytes(
      socket,
      runtime.wheel,
      runtime.settings.headerTimeout,
      (bytes) => {
        const look = parseClientHello(bytes);
        if (look.kind === 'more') return 'more';
        // What is no hello is for OpenSSL to refuse.
        if (look.kind === 'hello') serverName = look.serverName;
        return 0;
      },
      (look) => {
        readers.delete(socket);
        if (look === 'taken') shake(socket, serverName);
        else socket.destroy();
        if (readers.size === 0) settled?.();
      },
    );
    readers.set(socket, reader);
  }

  function shake(socket: Socket, serverName: string | undefined): void {
    if (serverName === undefined) names.delete(originOf(socket));
    else names.set(originOf(socket), serverName);
    const wishes: HandshakeWishes = {
      authorities: runtime.snapshot.clientCertificates.authoritiesFor(serverName),
      isApart: false,
    };
    runCertificate(runtime, socket, proxied?.of(socket), serverName, wishes, () => {
      // A connection that has gone meanwhile has nothing to be handed over.
      if (!socket.destroyed) serverFor(wishes).emit('connection', socket);
    });
  }

  return {
    begin(socket) {
      const { snapshot } = runtime;
      // Of a session that is resumed with TLS 1.2 node does not tell the server name: only the hello does.
      if (!snapshot.hasServerNames && !snapshot.clientCertificates.areWanted && !hasCertificateHandlers(runtime)) {
        names.delete(originOf(socket));
        usual.emit('connection', socket);
        return;
      }
      readHello(socket);
    },
    async end() {
      for (const [socket, reader] of readers) if (reader.isSilent) socket.destroy();
      if (readers.size === 0) return;
      await new Promise<void>((resolve) => {
        settled = resolve;
      });
    },
    destroy() {
      for (const socket of readers.keys()) socket.destroy();
    },
  };
}

/** Has a server send along proofs that its certificates are not revoked, where there are any. */
export function stapled(server: Server, { stapler }: CertificateStore): Server {
  if (stapler !== undefined) {
    server.on('OCSPRequest', (certificate: Buffer, issuer: Buffer | undefined, done) => {
      done(null, stapler.proofFor(certificate, issuer) ?? (null as unknown as Buffer));
    });
  }
  return server;
}

function originOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ''} ${remotePort ?? 0}`;
}
