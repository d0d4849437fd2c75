import { isIPv6 } from 'node:net';
import { type Clock, createLru, type GibbonError, type Lru } from '../kernel/index.ts';
import { followAliases, shortest } from './answers.ts';
import { failureOf, recursionDetected } from './faults.ts';
import type { Hosts } from './hosts-file.ts';
import type { DnsRecord, NameServers, RecordType, Reply } from './records.ts';
import type { QuestionStatistics } from './statistics.ts';

/** What is known in answer to one question. */
export interface Knowledge {
  /** Records of the type; empty when there are none, which `fault` then explains unless there is an alias. */
  readonly records: readonly DnsRecord[];
  /** The names that aliases lead to, the one that was asked for first. */
  readonly chain: readonly string[];
  readonly fault: GibbonError | undefined;
  /** Monotonic milliseconds until which this may be used. */
  readonly until: number;
}

/** What {@link createQuestions} needs. */
export interface QuestionsOptions {
  readonly servers: NameServers;
  readonly hosts: Hosts;
  readonly statistics: QuestionStatistics;
  readonly clock: Clock;
  /** Seconds in place of the records' own times to live. */
  readonly validTtl: number | undefined;
  /** Seconds for which it is remembered that there is nothing. */
  readonly notFoundTtl: number;
  /** How many answers are remembered. */
  readonly size: number;
  /** Questions that are under way are not shared by those who ask the same. */
  readonly noSync: boolean;
}

/**
 * Asks one question.
 * @throws GibbonError `ERR_DNS_FAILED` by rejection when no name server answered
 */
export type Ask = (name: string, type: RecordType) => Promise<Knowledge>;

/**
 * Puts questions to the hosts file and to name servers, each once for all who ask, and remembers the answers for as long
 * as they may be kept. Failures are not remembered here.
 */
export function createQuestions(options: QuestionsOptions): Ask {
  const { servers, hosts, statistics, clock, validTtl } = options;
  const known: Lru<string, Knowledge> = createLru(options.size);
  const pending = new Map<string, Promise<Knowledge>>();

  function untilIn(seconds: number): number {
    return clock.monotonic() + seconds * 1000;
  }

  function understand(name: string, type: RecordType, { code, answers }: Reply): Knowledge {
    if (code !== 0) {
      const fault = failureOf(name, code);
      return { records: [], chain: [name], fault, until: untilIn(code === 3 ? options.notFoundTtl : 0) };
    }
    const { chain, records, ttl, isLoop } = followAliases(answers, name, type);
    if (isLoop) return { records, chain: [name], fault: recursionDetected(name, chain), until: untilIn(0) };
    const isNothing = records.length === 0 && chain.length === 1;
    const seconds = isNothing ? options.notFoundTtl : (validTtl ?? ttl);
    return { records, chain, fault: isNothing ? failureOf(name, 0) : undefined, until: untilIn(seconds) };
  }

  /** The addresses of an SRV record's targets that came along need not be asked for. */
  function learnExtras(wanted: readonly DnsRecord[], extras: readonly DnsRecord[]): void {
    for (const target of new Set(wanted.map((record) => (record.type === 'SRV' ? record.target : '')))) {
      for (const type of ['A', 'AAAA'] as const) {
        const records = extras.filter((record) => record.owner === target && record.type === type);
        if (records.length === 0) continue;
        const until = untilIn(validTtl ?? shortest(records, Number.POSITIVE_INFINITY));
        known.set(`${type} ${target}`, { records, chain: [target], fault: undefined, until });
      }
    }
  }

  async function query(name: string, type: RecordType): Promise<Knowledge> {
    const answered = statistics.asked(name, type);
    let reply: Reply;
    try {
      reply = await servers.ask(name, type);
    } catch (fault) {
      answered(undefined, true);
      throw fault;
    }
    const knowledge = understand(name, type, reply);
    answered(reply.code, knowledge.records.length === 0);
    known.set(`${type} ${name}`, knowledge);
    if (type === 'SRV') learnExtras(knowledge.records, reply.extras);
    return knowledge;
  }

  return async (name, type) => {
    const local = fromHosts(hosts, name, type);
    if (local !== undefined) return local;
    const key = `${type} ${name}`;
    const found = known.get(key);
    if (found !== undefined && clock.monotonic() < found.until) return found;
    if (options.noSync) return query(name, type);
    let asked = pending.get(key);
    if (asked === undefined) {
      asked = query(name, type).finally(() => pending.delete(key));
      pending.set(key, asked);
    }
    return asked;
  };
}

function fromHosts(hosts: Hosts, name: string, type: RecordType): Knowledge | undefined {
  const entry = hosts.get(name);
  const ip = type === 'A' ? entry?.v4 : type === 'AAAA' ? entry?.v6 : undefined;
  if (ip === undefined) return undefined;
  const record: DnsRecord = {
    owner: name,
    ttl: Number.POSITIVE_INFINITY,
    type: isIPv6(ip) ? 'AAAA' : 'A',
    ip,
  };
  return { records: [record], chain: [name], fault: undefined, until: Number.POSITIVE_INFINITY };
}
