import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { GibbonError, messageOf } from '../../kernel/index.ts';

/** How to reach a directory. */
export interface Directory {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on, after a word with the directory, or not at all. */
  readonly tls: 'from-the-start' | 'upgraded' | 'none';
  readonly verifies: boolean;
  /** PEM texts; empty for the system's. */
  readonly trusted: readonly string[];
  /** Milliseconds for each step. */
  readonly timeout: number;
  /** Hears why the directory says no, where that is not the password. */
  readonly onRefusal: (reason: string) => void;
}

/** A connection to a directory, on which one bind is made at a time. */
export interface DirectoryConnection {
  readonly isOpen: boolean;
  /**
   * True when `dn` has that password, false when the directory says no.
   * @throws GibbonError `ERR_LDAP` when it says nothing.
   */
  bind(dn: string, password: string): Promise<boolean>;
  close(): void;
}

/** What becomes of dialling: a connection, or a TLS handshake that failed. */
export type Dialled =
  | { readonly ok: true; readonly connection: DirectoryConnection }
  | { readonly ok: false; readonly reason: string };

/** Dials; for tests that have no directory. */
export type Dial = (directory: Directory) => Promise<Dialled>;

/** The code of a bind whose name or password is wrong (RFC 4511 section 4.1.9). */
const invalidCredentials = 49;

/** A TLS handshake that failed. */
class HandshakeFault extends Error {}

/**
 * Connects to a directory with ldapts, which is loaded when the first password is to be checked. A TLS handshake that fails
 * is an outcome, as it is in Kong; a directory that cannot be reached is a fault.
 * @throws GibbonError `ERR_LDAP`.
 */
export const dial: Dial = async (directory) => {
  const { host, port, timeout } = directory;
  const faultOf = (cause: unknown): GibbonError =>
    new GibbonError(`Cannot ask directory "${host}:${port}": ${messageOf(cause)}`, { code: 'ERR_LDAP', cause });
  let socket: Socket | undefined;
  try {
    const { Client, ResultCodeError } = await import('ldapts');
    const opened = await openSocket(directory);
    socket = opened;
    const secured = directory.tls === 'from-the-start' ? await secure(opened, directory) : opened;
    let handedOut = false;
    let failed: HandshakeFault | undefined;
    const client = new Client({
      url: `ldap://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
      timeout,
      // Without this the client would make a new connection for a lost one by itself, and without TLS.
      createConnection: (() => {
        if (handedOut) throw new Error('the connection is lost');
        handedOut = true;
        return secured;
      }) as typeof connectTcp,
      createSecureConnection: (() =>
        beginTls(opened, directory, (fault) => {
          failed = fault;
        })) as unknown as typeof connectTls,
    });
    if (directory.tls === 'upgraded') {
      try {
        await client.startTLS();
      } catch (fault) {
        throw failed ?? fault;
      }
    }
    const close = (): void => {
      client.unbind().catch(() => {});
      opened.destroy();
    };
    return {
      ok: true,
      connection: {
        get isOpen() {
          return !handedOut || client.isConnected;
        },
        async bind(dn, password) {
          try {
            await client.bind(dn, password);
            return true;
          } catch (fault) {
            if (fault instanceof ResultCodeError) {
              if (fault.code !== invalidCredentials) directory.onRefusal(`result code ${fault.code}`);
              return false;
            }
            close();
            throw faultOf(fault);
          }
        },
        close,
      },
    };
  } catch (fault) {
    socket?.destroy();
    if (fault instanceof HandshakeFault) return { ok: false, reason: fault.message };
    throw faultOf(fault);
  }
};

function openSocket({ host, port, timeout }: Directory): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port });
    socket.setTimeout(timeout, () => socket.destroy(new Error('no connection in time')));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject).setTimeout(0);
      // Whoever reads it next hears of a fault by its end too.
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

async function secure(socket: Socket, directory: Directory): Promise<TLSSocket> {
  return await new Promise((resolve, reject) => {
    const secured = beginTls(socket, directory, reject);
    secured.once('secureConnect', () => resolve(secured));
  });
}

/** Begins TLS over a socket; `onFault` is told when there is none in time, or none that may be trusted. */
function beginTls(
  socket: Socket,
  { host, verifies, trusted, timeout }: Directory,
  onFault: (fault: HandshakeFault) => void,
): TLSSocket {
  const secured = connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: verifies,
    ...(trusted.length > 0 ? { ca: [...trusted] } : {}),
  });
  const failed = (fault: Error): void => onFault(new HandshakeFault(fault.message));
  secured.on('error', failed);
  secured.setTimeout(timeout, () => secured.destroy(new Error('no TLS in time')));
  return secured.once('secureConnect', () => {
    secured.off('error', failed).setTimeout(0);
    secured.on('error', () => {});
  });
}
