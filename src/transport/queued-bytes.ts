import type { Socket } from 'node:net';

interface WithHandle {
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/**
 * Bytes that were written to a socket and that the system has not taken yet. While one long write is under way it falls
 * with every part of it that goes out, which `writableLength` does not; where it cannot be had, that is returned.
 */
export function queuedBytes(socket: Socket): number {
  return (socket as unknown as WithHandle)._handle?.writeQueueSize ?? socket.writableLength;
}
