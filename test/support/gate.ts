import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/** Where handlers of test plugins wait until they are let through. */
export interface Gate {
  readonly port: number;
  /** Resolves once so many handlers have come to the gate in all. */
  arrived(count: number): Promise<void>;
  /** Lets all that wait through, and those that come later. */
  open(): void;
  /** From now on those that come wait again. */
  shut(): void;
  close(): Promise<void>;
}

/** Opens a {@link Gate} that is shut. */
export async function startGate(): Promise<Gate> {
  const waiting = new Set<Socket>();
  let count = 0;
  let isOpen = false;
  let wake: (() => void) | undefined;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('close', () => waiting.delete(socket));
    // A handler has arrived with its first byte.
    socket.once('data', () => {
      count += 1;
      waiting.add(socket);
      if (isOpen) socket.end();
      wake?.();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async arrived(wanted) {
      while (count < wanted) {
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`Only ${count} of ${wanted} came to the gate`)), 15_000);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    open() {
      isOpen = true;
      for (const socket of waiting) socket.end();
    },
    shut() {
      isOpen = false;
    },
    close() {
      for (const socket of waiting) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
