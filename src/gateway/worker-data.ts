import type { SharedStoreMemory } from '../cache/index.ts';
import type { Settings } from '../settings/index.ts';

/** What a worker thread is born with. */
export interface WorkerData {
  readonly settings: Settings;
  /** Number of the worker on this node, from 0. */
  readonly index: number;
  /** Its stripe in the node's counters. */
  readonly stripe: number;
  readonly node: { readonly id: string; readonly hostname: string };
  readonly workspaceId: string;
  readonly buffers: {
    readonly node: SharedArrayBuffer;
    readonly counters: SharedArrayBuffer;
    readonly rows: SharedArrayBuffer;
    readonly misses: SharedArrayBuffer;
    readonly store: SharedStoreMemory;
  };
  readonly tls: {
    readonly cert: readonly string[];
    readonly key: readonly string[];
    readonly ticketKeys: Uint8Array;
  };
  /** PEM texts trusted towards upstreams beside those of services; empty for the system's. */
  readonly trusted: readonly string[];
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
  /** Port of the built-in echo upstream on loopback; 0 when the demo is off. */
  readonly echoPort: number;
}
