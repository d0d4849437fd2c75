import { randomInt } from 'node:crypto';
import type { TimerWheel } from '../kernel/index.ts';
import { GibbonError } from '../kernel/index.ts';
import { inquire, type KnownServer } from './inquiry.ts';
import type { NameServers, RecordType, Reply } from './records.ts';
import type { ResolvConf } from './resolv-conf.ts';
import { network, type Wire } from './wire.ts';

/** What {@link createNameServers} needs. */
export interface NameServersOptions {
  readonly conf: Pick<ResolvConf, 'servers' | 'timeout' | 'attempts' | 'rotate' | 'useTcp'>;
  readonly wheel: TimerWheel;
  readonly wire?: Wire;
  /** A whole number from 0 to less than `end`, unpredictable; that of node:crypto unless told. */
  readonly random?: (end: number) => number;
  /** How many questions may be under way at the same time; 200 unless told. The others wait. */
  readonly limit?: number;
}

/** Milliseconds for which a server that was silent is asked after the others. */
const avoidance = 30_000;

/** Creates {@link NameServers} over the network. */
export function createNameServers(options: NameServersOptions): NameServers {
  const { conf, wheel, wire = network, random = randomInt, limit = 200 } = options;
  const servers: readonly KnownServer[] = conf.servers.map((server) => ({ server, avoidUntil: 0 }));
  const attempts = Math.max(conf.attempts, servers.length);
  const waiting: (() => void)[] = [];
  let underWay = 0;

  /** In the order of the configuration, or from a random one on; those that were silent lately come last. */
  function inOrder(): readonly KnownServer[] {
    const start = conf.rotate ? random(servers.length) : 0;
    const turned = [...servers.slice(start), ...servers.slice(0, start)];
    const now = wheel.now;
    const isAvoided = (known: KnownServer): boolean => known.avoidUntil > now;
    return [...turned.filter((known) => !isAvoided(known)), ...turned.filter(isAvoided)];
  }

  function start(name: string, type: RecordType, done: (outcome: Reply | GibbonError) => void): void {
    underWay += 1;
    inquire({
      name,
      type,
      servers: inOrder(),
      attempts,
      timeout: conf.timeout,
      useTcp: conf.useTcp,
      wire,
      wheel,
      randomId: () => random(65_536),
      silent(known) {
        known.avoidUntil = wheel.now + avoidance;
      },
      done(outcome) {
        underWay -= 1;
        waiting.shift()?.();
        done(outcome);
      },
    });
  }

  return {
    ask: (name, type) =>
      new Promise((resolve, reject) => {
        const go = (): void =>
          start(name, type, (outcome) => (outcome instanceof GibbonError ? reject(outcome) : resolve(outcome)));
        if (underWay < limit) go();
        else waiting.push(go);
      }),
  };
}
