import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { NameServer } from './resolv-conf.ts';

/** Hears what became of a query that was sent. */
export interface WireListener {
  /** A message came, which may be forged; with UDP more may follow. */
  heard(message: Buffer): void;
  /** Nothing will come. */
  failed(fault: Error): void;
}

/** Sends a query. The function that comes back ends the matter: nothing is heard after it was called. */
export type SendQuery = (server: NameServer, query: Buffer, listener: WireListener) => () => void;

/** The two ways to name servers. */
export interface Wire {
  readonly udp: SendQuery;
  readonly tcp: SendQuery;
}

/** Larger datagrams than this are nothing that was asked for. */
const maxDatagram = 4096;

/** The network itself. Sockets live as long as their query, and keep no process alive. */
export const network: Wire = { udp: sendByUdp, tcp: sendByTcp };

/**
 * A socket for each query: the system picks its port at random, which an attacker has to guess beside the id (RFC 5452).
 * It is connected, so the system drops whatever comes from another address or port, and tells of a port that is closed.
 */
function sendByUdp(server: NameServer, query: Buffer, listener: WireListener): () => void {
  const socket = createSocket({
    type: isIPv6(server.host) ? 'udp6' : 'udp4',
    // There are only addresses here, and no other resolver is to be asked.
    lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4),
  });
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    socket.close();
  };
  const fail = (fault: Error): void => {
    if (!isOpen) return;
    close();
    listener.failed(fault);
  };
  socket.on('error', fail);
  socket.on('message', (message) => {
    if (isOpen && message.length <= maxDatagram) listener.heard(message);
  });
  socket.unref();
  socket.connect(server.port, server.host, (fault?: Error) => {
    if (fault) fail(fault);
    else if (isOpen) socket.send(query, (sendFault) => sendFault && fail(sendFault));
  });
  return close;
}

/** A connection for each query (RFC 7766); the message has its length in front of it. */
function sendByTcp(server: NameServer, query: Buffer, listener: WireListener): () => void {
  const socket = connect({ host: server.host, port: server.port, noDelay: true });
  socket.unref();
  let received: Buffer = Buffer.alloc(0);
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
    socket.destroy();
  };
  const fail = (fault: Error): void => {
    if (!isOpen) return;
    close();
    listener.failed(fault);
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the connection ended')));
  socket.on('end', () => fail(new Error('the connection ended')));
  socket.on('data', (chunk: Buffer) => {
    if (!isOpen) return;
    received = Buffer.concat([received, chunk]);
    if (received.length < 2) return;
    const end = 2 + received.readUInt16BE(0);
    if (received.length < end) return;
    close();
    listener.heard(received.subarray(2, end));
  });
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  socket.write(Buffer.concat([length, query]));
  return close;
}
