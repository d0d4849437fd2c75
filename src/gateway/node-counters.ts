import type { ProxyCounters } from '../proxy/index.ts';

const accepted = 0;
const closed = 1;
const requests = 2;
const perWorker = 8;
const heapUsed = 3;
const heapTotal = 4;

/** Numbers of all workers in shared memory: each worker writes its own stripe, so counting needs no locks. */
export interface NodeCounters {
  readonly buffer: SharedArrayBuffer;
  /** Sums over all workers, those that are gone among them. */
  totals(): { readonly accepted: number; readonly active: number; readonly requests: number };
  /** Bytes of heap of each worker: in use, and reserved. */
  heaps(): readonly { readonly used: number; readonly total: number }[];
}

/** Creates the counters for so many stripes. */
export function createNodeCounters(stripes: number): NodeCounters {
  const buffer = new SharedArrayBuffer(stripes * perWorker * 8);
  const values = new Float64Array(buffer);
  return {
    buffer,
    totals() {
      let sumAccepted = 0;
      let sumClosed = 0;
      let sumRequests = 0;
      for (let at = 0; at < values.length; at += perWorker) {
        sumAccepted += values[at + accepted]!;
        sumClosed += values[at + closed]!;
        sumRequests += values[at + requests]!;
      }
      return { accepted: sumAccepted, active: Math.max(0, sumAccepted - sumClosed), requests: sumRequests };
    },
    heaps() {
      const list: { used: number; total: number }[] = [];
      for (let at = 0; at < values.length; at += perWorker) {
        if (values[at + heapTotal]! > 0) list.push({ used: values[at + heapUsed]!, total: values[at + heapTotal]! });
      }
      return list;
    },
  };
}

/** What a worker counts in its stripe. */
export interface WorkerCounters extends ProxyCounters {
  /** Notes the worker's heap, in bytes. */
  heap(used: number, total: number): void;
}

/** Opens the stripe of one worker. Connections that a former owner of the stripe left open are taken for closed. */
export function openWorkerCounters(buffer: SharedArrayBuffer, stripe: number): WorkerCounters {
  const values = new Float64Array(buffer, stripe * perWorker * 8, perWorker);
  values[closed] = values[accepted]!;
  return {
    accepted() {
      values[accepted]! += 1;
    },
    closed() {
      values[closed]! += 1;
    },
    requested() {
      values[requests]! += 1;
    },
    heap(used, total) {
      values[heapUsed] = used;
      values[heapTotal] = total;
    },
  };
}
