import { createServer, type IncomingMessage, request } from 'node:http';
import { Duplex } from 'node:stream';

/** What Node's own parser, llhttp, makes of bytes. */
export type Verdict =
  | { readonly ok: true; readonly message: IncomingMessage; readonly body: Promise<string> }
  | { readonly ok: false; readonly code: string };

/** A parser that is asked about one message after another. */
export interface Llhttp {
  /** Judges the first request in `bytes`, after which nothing comes. */
  judgeRequest(bytes: Buffer): Promise<Verdict>;
  /** Judges the first answer in `bytes` to a request with `method`. */
  judgeResponse(bytes: Buffer, method: string): Promise<Verdict>;
  close(): void;
}

const maxHeaderSize = 262_144;

/** Wires bytes up as a connection whose other side has ended. */
function connectionOf(bytes: Buffer): Duplex {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: true });
  socket.on('error', () => {});
  socket.push(bytes);
  socket.push(null);
  return socket;
}

function bodyOf(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    message.on('data', (part: Buffer) => parts.push(part));
    message.on('end', () => resolve(Buffer.concat(parts).toString('latin1')));
    message.on('error', reject);
    message.on('close', () => reject(new Error('the body broke off')));
  });
}

/** Taken, with a body that nobody has to wait for. */
function taken(message: IncomingMessage): Verdict {
  const body = bodyOf(message);
  body.catch(() => {});
  return { ok: true, message, body };
}

/** Sets the parser up. It is Node's server and client, as strict as they are by default. */
export function createLlhttp(): Llhttp {
  const server = createServer({ requireHostHeader: true, maxHeaderSize });
  server.setTimeout(0);
  let settle: ((verdict: Verdict) => void) | undefined;
  for (const event of ['request', 'checkContinue', 'checkExpectation', 'upgrade', 'connect']) {
    server.on(event, (message: IncomingMessage) => settle?.(taken(message)));
  }
  server.on('clientError', (fault: NodeJS.ErrnoException) =>
    settle?.({ ok: false, code: fault.code ?? fault.message }),
  );

  return {
    judgeRequest(bytes) {
      return new Promise((resolve) => {
        const socket = connectionOf(bytes);
        settle = (verdict) => {
          settle = undefined;
          resolve(verdict);
          // The body is read in the turns that follow.
          if (verdict.ok) void verdict.body.finally(() => socket.destroy()).catch(() => {});
          else socket.destroy();
        };
        // Node refuses a request without Host by itself, after its parser took it.
        socket.on('close', () => settle?.({ ok: false, code: 'closed' }));
        server.emit('connection', socket);
      });
    },
    judgeResponse(bytes, method) {
      return new Promise((resolve) => {
        const socket = connectionOf(bytes);
        const call = request({ method, host: 'a', maxHeaderSize, createConnection: () => socket });
        const settleOnce = (verdict: Verdict): void => {
          resolve(verdict);
          if (verdict.ok) void verdict.body.finally(() => socket.destroy()).catch(() => {});
          else socket.destroy();
        };
        call.on('response', (message) => settleOnce(taken(message)));
        call.on('upgrade', (message) => settleOnce({ ok: true, message, body: Promise.resolve('') }));
        call.on('error', (fault: NodeJS.ErrnoException) =>
          settleOnce({ ok: false, code: fault.code ?? fault.message }),
        );
        call.on('close', () => settleOnce({ ok: false, code: 'closed' }));
        call.end();
      });
    },
    close() {
      server.close();
    },
  };
}
