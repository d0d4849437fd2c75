import { type AddressInfo, createServer, type Socket } from 'node:net';
import { preface } from '../../../src/http2/index.ts';
import { block, type Fields, FrameClient, frame, uint32 } from './frame-client.ts';

/** What a server does with a connection that the gateway makes. */
export type FrameScript = (side: FrameClient, index: number) => Promise<void> | void;

/** A server of HTTP/2 without TLS that sends exactly the frames that its script says. */
export interface FrameServer {
  readonly port: number;
  readonly sides: FrameClient[];
  /** What connections from now on will do. */
  script: FrameScript;
  /** Faults of scripts. */
  readonly faults: unknown[];
  close(): Promise<void>;
}

/** SETTINGS, as pairs of number and value. */
export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  return frame(
    4,
    0,
    0,
    Buffer.concat(pairs.map(([number, value]) => Buffer.concat([Buffer.from([0, number]), uint32(value)]))),
  );
}

/** The head of an answer. */
export function answerHead(stream: number, isLast = false, status = '200', more: Fields = []): Buffer {
  return frame(1, isLast ? 5 : 4, stream, block([[':status', status], ['content-type', 'application/grpc'], ...more]));
}

/** Trailers that say that all went well. */
export function goodTrailers(stream: number): Buffer {
  return frame(1, 5, stream, block([['grpc-status', '0']]));
}

/** Answers every request with its stream's number until the connection ends. */
export async function answerAll(side: FrameClient): Promise<void> {
  side.send(settings());
  for (;;) {
    const found = await side.next();
    if (found === undefined) return;
    if (found.type <= 1 && (found.flags & 1) !== 0) {
      const { stream } = found;
      side.send(answerHead(stream), frame(0, 0, stream, `stream ${stream}`), goodTrailers(stream));
    }
  }
}

/** Starts a {@link FrameServer} on a free port of loopback. */
export async function startFrameServer(script: FrameScript = answerAll): Promise<FrameServer> {
  const sides: FrameClient[] = [];
  const faults: unknown[] = [];
  const server = createServer((socket: Socket) => {
    socket.setNoDelay(true);
    const side = new FrameClient(socket, preface.length);
    sides.push(side);
    void Promise.resolve(made.script(side, sides.length - 1)).catch((fault: unknown) => faults.push(fault));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: FrameServer = {
    port: (server.address() as AddressInfo).port,
    sides,
    script,
    faults,
    async close() {
      for (const side of sides) side.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}
