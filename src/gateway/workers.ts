import { Worker } from 'node:worker_threads';
import type { HealthReport, HealthVerdict } from '../balancer/index.ts';
import type { RowRequest } from '../cache/index.ts';
import type { DnsStatistics } from '../dns/index.ts';
import type { EntityChange } from '../events/index.ts';
import { GibbonError, type Logger, type LogLevel, messageOf } from '../kernel/index.ts';
import type { Row } from '../schema/index.ts';
import type { FromWorker, RowAddition, RowWrite, ToWorker } from './messages.ts';
import type { WorkerData } from './worker-data.ts';

/** What {@link createWorkers} needs. */
export interface WorkersOptions {
  readonly count: number;
  /** What worker `index` is born with. */
  readonly dataOf: (index: number) => WorkerData;
  /** All rows that a new worker must know, in batches. */
  readonly load: () => AsyncIterable<readonly EntityChange[]>;
  /** Looks a row up in the store for a worker. */
  readonly find: (request: RowRequest) => Promise<Row | undefined>;
  /** Writes a row for a worker. */
  readonly write: (write: RowWrite | RowAddition) => Promise<Row | undefined>;
  /** What a new worker must know of the health of addresses. */
  readonly verdicts: () => readonly HealthVerdict[];
  /** Takes what a worker saw of addresses. */
  readonly report: (reports: readonly HealthReport[]) => void;
  readonly logger: Logger;
}

/** The workers of a node. */
export interface Workers {
  /**
   * Starts them and resolves once all listen; `sharing` are ports to listen on where the settings say 0. Changes that are
   * announced meanwhile reach them too.
   * @throws GibbonError `ERR_WORKER_START` when a worker cannot start, such as for a port that is taken.
   */
  start(sharing?: readonly number[]): Promise<void>;
  /** Ports of `proxy_listen` in its order, then those of `stream_listen`, with those that the system chose for 0. */
  readonly ports: readonly number[];
  readonly count: number;
  /** How many rows, or lists of rows, they asked the store for. */
  readonly lookUps: number;
  /** Tells all workers of rows that changed together. */
  announce(changes: readonly EntityChange[]): void;
  /** Tells all workers what to think of addresses. */
  judge(verdicts: readonly HealthVerdict[]): void;
  /** True once every worker has taken what was announced so far; false when that lasts longer than `limitMs`, a second unless told. */
  settled(limitMs?: number): Promise<boolean>;
  setLogLevel(level: LogLevel): void;
  /** Gives all of them other keys of session tickets. */
  setTicketKeys(keys: Uint8Array): void;
  /** What the resolvers of the workers counted; that of a worker which does not answer within a second is left out. */
  dnsStatistics(): Promise<readonly DnsStatistics[]>;
  /** Has all workers forget the rows that they have cached. */
  forget(): void;
  /** Lets requests in flight finish; those that last longer than `timeoutMs` are cut. */
  stop(timeoutMs: number): Promise<void>;
}

interface Member {
  readonly index: number;
  readonly worker: Worker;
  applied: number;
  /** The last version that it was told of before it began to listen. */
  filledTo: number;
  /** Changes that wait until the worker has been told of the whole store. */
  backlog: { readonly version: number; readonly changes: readonly EntityChange[] }[] | undefined;
  isListening: boolean;
  isLeaving: boolean;
  drained?: () => void;
}

const settleLimit = 1000;
const restartPause = 200;
const longestPause = 10_000;

/** Creates the workers of a node, not started yet. One that dies is replaced; the others go on meanwhile. */
export function createWorkers(options: WorkersOptions): Workers {
  const { logger } = options;
  const members = new Set<Member>();
  const waiting = new Set<{ readonly version: number; readonly resolve: (isSettled: boolean) => void }>();
  /** Who waits for what the resolvers counted, by the number of the question. */
  const tallies = new Map<number, (statistics: DnsStatistics) => void>();
  let tally = 0;
  let lookUps = 0;
  let version = 0;
  let ports: readonly number[] = [];
  let isStopping = false;

  function post(member: Member, message: ToWorker): void {
    member.worker.postMessage(message);
  }

  function reply(member: Member, id: number, outcome: Promise<Row | undefined>): void {
    outcome.then(
      (row) => post(member, { type: 'found', id, row: row ?? null }),
      (fault: unknown) => post(member, { type: 'failed', id, message: messageOf(fault) }),
    );
  }

  function announce(changes: readonly EntityChange[]): void {
    version += 1;
    for (const member of members) {
      if (member.backlog !== undefined) member.backlog.push({ version, changes });
      else post(member, { type: 'changes', version, changes });
    }
  }

  function hasSettled(upTo: number): boolean {
    for (const member of members) if (member.isListening && !member.isLeaving && member.applied < upTo) return false;
    return true;
  }

  function checkWaiting(): void {
    for (const waiter of waiting) {
      if (!hasSettled(waiter.version)) continue;
      waiting.delete(waiter);
      waiter.resolve(true);
    }
  }

  async function fill(member: Member): Promise<void> {
    for await (const changes of options.load()) post(member, { type: 'changes', version: 0, changes });
    const backlog = member.backlog!;
    member.backlog = undefined;
    for (const entry of backlog) post(member, { type: 'changes', ...entry });
    post(member, { type: 'health', version: 0, verdicts: options.verdicts() });
    member.filledTo = version;
    post(member, { type: 'listen', ports });
  }

  function spawn(index: number): Promise<void> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), {
      workerData: options.dataOf(index),
      name: `gibbon-worker-${index}`,
    });
    const member: Member = {
      index,
      worker,
      applied: 0,
      filledTo: 0,
      backlog: [],
      isListening: false,
      isLeaving: false,
    };
    members.add(member);

    return new Promise<void>((resolve, reject) => {
      const refuse = (message: string): void => {
        member.isLeaving = true;
        void worker.terminate();
        reject(new GibbonError(`Cannot start worker ${index}: ${message}`, { code: 'ERR_WORKER_START' }));
      };
      worker.on('message', (message: FromWorker) => {
        switch (message.type) {
          case 'ready':
            fill(member).catch((fault: unknown) => refuse(messageOf(fault)));
            return;
          case 'listening':
            member.isListening = true;
            member.applied = Math.max(member.applied, member.filledTo);
            checkWaiting();
            ports = message.ports;
            resolve();
            return;
          case 'applied':
            if (message.version > member.applied) member.applied = message.version;
            if (waiting.size > 0) checkWaiting();
            return;
          case 'find':
            lookUps += 1;
            reply(member, message.id, options.find(message.request));
            return;
          case 'write':
            reply(member, message.id, options.write(message.write));
            return;
          case 'health-reports':
            options.report(message.reports);
            return;
          case 'dns-statistics':
            tallies.get(message.id)?.(message.statistics);
            return;
          case 'drained':
            member.drained?.();
            return;
          case 'refused':
            refuse(message.message);
            return;
        }
      });
      let cause = '';
      worker.on('error', (fault) => {
        cause = messageOf(fault);
        logger.alert(`Worker ${index} failed: ${cause}`);
      });
      worker.on('exit', (code) => {
        members.delete(member);
        member.drained?.();
        checkWaiting();
        if (isStopping || member.isLeaving) {
          resolve();
          return;
        }
        const detail = cause === '' ? `it exited with code ${code}` : cause;
        if (!member.isListening) {
          reject(new GibbonError(`Cannot start worker ${index}: ${detail}`, { code: 'ERR_WORKER_START' }));
          return;
        }
        logger.alert(`Worker ${index} exited with code ${code}: starting another one`);
        replace(index, restartPause);
      });
    });
  }

  /** Starts a worker in the place of one that died, again and again with growing pauses where that fails. */
  function replace(index: number, pause: number): void {
    setTimeout(() => {
      if (isStopping) return;
      spawn(index).then(
        () => logger.notice(`Worker ${index} serves again`),
        (fault: unknown) => {
          if (isStopping) return;
          logger.crit(messageOf(fault));
          replace(index, Math.min(2 * pause, longestPause));
        },
      );
    }, pause);
  }

  return {
    async start(sharing = []) {
      ports = sharing;
      // The first one finds out which ports the system gives; the others share them.
      await spawn(0);
      await Promise.all(Array.from({ length: options.count - 1 }, (_, at) => spawn(at + 1)));
    },
    get ports() {
      return ports;
    },
    get count() {
      return members.size;
    },
    get lookUps() {
      return lookUps;
    },
    announce,
    judge(verdicts) {
      version += 1;
      for (const member of members) post(member, { type: 'health', version, verdicts });
    },
    settled(limitMs = settleLimit) {
      const upTo = version;
      if (hasSettled(upTo)) return Promise.resolve(true);
      return new Promise((resolve) => {
        const waiter = {
          version: upTo,
          resolve(isSettled: boolean) {
            clearTimeout(timer);
            resolve(isSettled);
          },
        };
        const timer = setTimeout(() => {
          waiting.delete(waiter);
          logger.warn(`Workers did not take a change within ${limitMs} ms`);
          resolve(false);
        }, limitMs);
        waiting.add(waiter);
      });
    },
    forget() {
      for (const member of members) post(member, { type: 'forget' });
    },
    dnsStatistics() {
      const asked = [...members].filter((member) => member.isListening && !member.isLeaving);
      const received: DnsStatistics[] = [];
      const id = ++tally;
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          tallies.delete(id);
          resolve(received);
        };
        const timer = setTimeout(finish, settleLimit);
        tallies.set(id, (statistics) => {
          received.push(statistics);
          if (received.length === asked.length) finish();
        });
        if (asked.length === 0) finish();
        for (const member of asked) post(member, { type: 'count-dns', id });
      });
    },
    setLogLevel(level) {
      for (const member of members) post(member, { type: 'log-level', level });
    },
    setTicketKeys(keys) {
      for (const member of members) post(member, { type: 'ticket-keys', keys });
    },
    async stop(timeoutMs) {
      isStopping = true;
      await Promise.all(
        [...members].map(async (member) => {
          member.isLeaving = true;
          if (timeoutMs > 0 && member.isListening) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(resolve, timeoutMs);
              member.drained = () => {
                clearTimeout(timer);
                resolve();
              };
              post(member, { type: 'drain' });
            });
          }
          await member.worker.terminate();
        }),
      );
    },
  };
}
