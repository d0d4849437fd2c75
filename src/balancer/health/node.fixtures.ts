import { createManualClock, createTimerWheel, type Logger, silentLogger } from '../../kernel/index.ts';
import { createRandom } from '../algorithms/algorithm.cases.ts';
import { type Balancers, createBalancers, type TargetRow, type UpstreamRow } from '../balancers.ts';
import { createFakeResolver } from '../resolver.fixtures.ts';
import type { ProbeResult, ProbeTarget } from './active/probe.ts';
import { createHealthLedger } from './ledger.ts';
import type { HealthReport, HealthVerdict } from './messages.ts';

/** A node without threads: a ledger and some workers, whose messages are delivered when the test says so. */
export function createTestNode(workerCount = 2) {
  const clock = createManualClock();
  const wheel = createTimerWheel({ clock, tickMs: 50, slots: 64 });
  const fake = createFakeResolver();
  const log: string[] = [];
  const asked: ProbeTarget[] = [];
  const sent = { reports: 0, verdicts: 0 };
  const tasks: (() => void)[] = [];
  const mail: (() => void)[] = [];
  const answers = new Map<string, ProbeResult>();
  const logger: Logger = {
    ...silentLogger,
    error: (message) => log.push(`error: ${message}`),
    warn: (message) => log.push(`warn: ${message}`),
    notice: (message) => log.push(`notice: ${message}`),
  };
  const workers: Balancers[] = [];
  const ledger = createHealthLedger({
    resolver: fake.resolver,
    wheel,
    probe(target) {
      asked.push(target);
      return Promise.resolve(answers.get(target.ip) ?? { sign: 'success', detail: 'status 200' });
    },
    announce(verdicts) {
      sent.verdicts += verdicts.length;
      const copy = structuredClone(verdicts) as HealthVerdict[];
      for (const worker of workers) mail.push(() => worker.takeVerdicts(copy));
    },
    defer: (task) => tasks.push(task),
    logger,
    clock,
    random: createRandom(),
  });

  function addWorker(): Balancers {
    const worker = createBalancers({
      resolver: fake.resolver,
      clock,
      random: () => 0,
      health: {
        report(reports) {
          sent.reports += reports.length;
          const copy = structuredClone(reports) as HealthReport[];
          mail.push(() => ledger.take(copy));
        },
        defer: (task) => tasks.push(task),
      },
    });
    workers.push(worker);
    return worker;
  }
  for (let at = 0; at < workerCount; at++) addWorker();

  function settle(): void {
    while (tasks.length + mail.length > 0) {
      for (const task of tasks.splice(0)) task();
      for (const deliver of mail.splice(0)) deliver();
    }
  }

  return {
    ...fake,
    clock,
    ledger,
    workers,
    log,
    asked,
    sent,
    /** What checks of an IP address find out; a success unless told. */
    probeAnswers: answers,
    addWorker,
    putUpstream: (row: UpstreamRow) => {
      for (const taker of [ledger, ...workers]) taker.putUpstream(row);
    },
    putTarget: (row: TargetRow) => {
      for (const taker of [ledger, ...workers]) taker.putTarget(row);
    },
    deleteTarget: (row: TargetRow) => {
      for (const taker of [ledger, ...workers]) taker.deleteTarget(row);
    },
    /** Ends turns of the event loop until nothing is under way any more. */
    settle,
    /** Lets time pass, with checks and messages. */
    pass: async (ms: number) => {
      for (let left = ms; left > 0; left -= 50) {
        clock.advance(50);
        wheel.tick();
        await new Promise(setImmediate);
        settle();
      }
    },
  };
}

/** An upstream row with these health checks. */
export function upstreamRow(healthchecks: UpstreamRow['healthchecks'], more: Partial<UpstreamRow> = {}): UpstreamRow {
  return { id: 'u1', name: 'api', healthchecks: healthchecks ?? null, ...more };
}

/** A target row of that upstream. */
export function targetRow(id: string, target: string, weight = 100): TargetRow {
  return { id, upstream: { id: 'u1' }, target, weight };
}
