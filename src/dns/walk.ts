import { isIP } from 'node:net';
import type { GibbonError } from '../kernel/index.ts';
import { dnsFailed, dnsNotFound, failureOf, isNotFound, recursionDetected } from './faults.ts';
import type { Ask, Knowledge } from './questions.ts';
import type { AddressRecord, RecordType, SrvRecord } from './records.ts';
import { isAskable, isServiceName, type SearchRules, searchNames } from './search-names.ts';

/** One address that a name leads to, before the port that was asked for is known. */
export interface Found {
  readonly ip: string;
  /** That of an SRV record, where it has one. */
  readonly port: number | undefined;
  /** The share among the addresses of an SRV name; undefined for all other names. */
  readonly weight: number | undefined;
  /** The name in the SRV record; undefined for all other names. */
  readonly srvName: string | undefined;
}

/** Where a name was found. */
export interface Place {
  readonly name: string;
  readonly type: RecordType;
}

/** What a name leads to. */
export interface Outcome {
  /** Never empty. */
  readonly found: readonly Found[];
  /** Monotonic milliseconds until which this may be used. */
  readonly until: number;
  readonly place: Place;
  /** Why some of the targets of an SRV name are not among `found`, other than that there are no such names. */
  readonly missing: GibbonError | undefined;
}

/** What {@link createWalk} needs. */
export interface WalkOptions {
  readonly ask: Ask;
  /** Types in the order in which they are asked for. */
  readonly order: readonly RecordType[];
  /** The type that a name was last found with is asked for first (`LAST` in Kong's order). */
  readonly lastFirst: boolean;
  /** SRV records are asked for where a name has the shape of a service's, and only there (Kong's second client). */
  readonly srvByShape: boolean;
  readonly rules: SearchRules;
}

/**
 * Looks a name up: type by type, and for each through the search domains. A type that is not there, or that the servers
 * fail at, leads on to the next one; no answer at all ends it, for the next question would get none either.
 * @throws GibbonError `ERR_DNS_NOT_FOUND` or `ERR_DNS_FAILED` by rejection
 */
export type Walk = (name: string, last: Place | undefined) => Promise<Outcome>;

/** Longer than this no way of aliases and SRV records may be. */
const maxSteps = 16;
/** How many questions one look-up may lead to, whatever the records say. */
const maxQuestions = 1000;
/** How many addresses a name may have. */
const maxFound = 1024;

/** The way to a name, and how many more questions may be asked on it. */
interface Path {
  readonly names: readonly string[];
  readonly budget: { left: number };
}

/** What one question led to. */
type Leads = Omit<Outcome, 'place'>;

/** Creates a {@link Walk}. */
export function createWalk(options: WalkOptions): Walk {
  const { order, rules } = options;

  function typesOf(name: string, last: Place | undefined): readonly RecordType[] {
    if (options.srvByShape) {
      const isService = isServiceName(name) && order.includes('SRV');
      return isService ? ['SRV'] : order.filter((type) => type !== 'SRV');
    }
    if (!options.lastFirst || last === undefined) return order;
    return [last.type, ...order.filter((type) => type !== last.type)];
  }

  async function walk(name: string, last: Place | undefined): Promise<Outcome> {
    const names = searchNames(name, rules);
    const budget = { left: maxQuestions };
    let worst: GibbonError | undefined;
    for (const type of typesOf(name, last)) {
      const isLast = last !== undefined && last.type === type && names.includes(last.name);
      // Where it was the last time it is found with one question, however many search domains there are.
      const candidates = isLast ? [last.name, ...names.filter((other) => other !== last.name)] : names;
      for (const candidate of candidates) {
        const outcome = await step(candidate, type, { names: [candidate], budget });
        if (!(outcome instanceof Error)) return { ...outcome, place: { name: candidate, type } };
        // It was there, and may be again: another domain's host of that name is not what was meant, nor worth asking for.
        if (isLast && candidate === last.name && !isNotFound(outcome)) throw outcome;
        worst = graver(worst, outcome);
      }
    }
    throw worst ?? dnsNotFound(name, 'no record type to ask for');
  }

  /** Asks one question and goes where the answer leads. */
  async function step(name: string, type: RecordType, path: Path): Promise<Leads | GibbonError> {
    const knowledge = await question(name, type, path);
    if (knowledge instanceof Error) return knowledge;
    const { records, until } = knowledge;
    const first = records[0];
    if (first === undefined) return knowledge.fault ?? failureOf(name, 0);
    if (first.type === 'SRV') return services(records as readonly SrvRecord[], until, name, path);
    if (first.type !== 'CNAME') {
      const found = (records as readonly AddressRecord[]).map(({ ip }) => plain(ip));
      return { found: found.slice(0, maxFound), until, missing: undefined };
    }
    const next = extend(path, [first.target]);
    if (next === undefined) return recursionDetected(name, [...path.names, first.target]);
    return bounded(await targetOf(first.target, order, next), until);
  }

  /** Asks along aliases that the name server did not follow itself. */
  async function question(name: string, type: RecordType, path: Path): Promise<Knowledge | GibbonError> {
    let way = path;
    let until = Number.POSITIVE_INFINITY;
    for (let asked = name; ; ) {
      if (!isAskable(asked)) return dnsFailed(asked, 'not a host name');
      if (way.budget.left-- <= 0) return dnsFailed(name, 'the records lead to too many questions');
      const knowledge = await options.ask(asked, type);
      until = Math.min(until, knowledge.until);
      const end = knowledge.chain.at(-1)!;
      if (knowledge.records.length > 0 || knowledge.fault !== undefined || type === 'CNAME') {
        return { ...knowledge, until };
      }
      const next = extend(way, knowledge.chain.slice(1));
      if (next === undefined) return recursionDetected(name, [...way.names, ...knowledge.chain.slice(1)]);
      way = next;
      asked = end;
    }
  }

  /** The addresses of a name that a record leads to. */
  async function targetOf(name: string, types: readonly RecordType[], path: Path): Promise<Leads | GibbonError> {
    let worst: GibbonError | undefined;
    for (const type of types) {
      const outcome = await step(name, type, path);
      if (!(outcome instanceof Error)) return outcome;
      worst = graver(worst, outcome);
    }
    return worst ?? dnsNotFound(name, 'no record type to ask for');
  }

  /** The addresses of the targets with the lowest priority; each target's weight is shared out among its addresses. */
  async function services(
    records: readonly SrvRecord[],
    until: number,
    name: string,
    path: Path,
  ): Promise<Leads | GibbonError> {
    const lowest = records.reduce((least, record) => Math.min(least, record.priority), Number.POSITIVE_INFINITY);
    const chosen = records.filter((record) => record.priority === lowest && record.target !== '');
    if (chosen.length === 0) return failureOf(name, 0);
    // Kubernetes has such records for each host; the address records are meant (Kong 3.9).
    if (chosen.every((record) => record.target === name)) return recursionDetected(name, [name, name]);
    // One target of which nothing is heard must not take the others along.
    const settled = await Promise.allSettled(chosen.map((record) => service(record, path)));
    const found: Found[] = [];
    let end = until;
    let fault: GibbonError | undefined;
    let isUnheard = false;
    for (const [at, settlement] of settled.entries()) {
      const outcome = settlement.status === 'fulfilled' ? settlement.value : (settlement.reason as GibbonError);
      isUnheard ||= settlement.status === 'rejected';
      if (outcome instanceof Error) {
        fault = graver(fault, outcome);
        continue;
      }
      end = Math.min(end, outcome.until);
      if (outcome.missing !== undefined) fault = graver(fault, outcome.missing);
      found.push(...weighted(chosen[at]!, outcome.found));
    }
    if (found.length === 0 && isUnheard) throw fault;
    if (found.length === 0) return fault!;
    return { found: found.slice(0, maxFound), until: end, missing: isNotFound(fault) ? undefined : fault };
  }

  async function service(record: SrvRecord, path: Path): Promise<Leads | GibbonError> {
    const { target } = record;
    const bare = target.startsWith('[') && target.endsWith(']') ? target.slice(1, -1) : target;
    if (isIP(bare) !== 0) return { found: [plain(bare)], until: Number.POSITIVE_INFINITY, missing: undefined };
    const next = extend(path, [target]);
    if (next === undefined) return recursionDetected(path.names[0]!, [...path.names, target]);
    // A target has addresses (RFC 2782); only where it has none may it be another service.
    const addresses = order.filter((type) => type !== 'SRV');
    const types = options.srvByShape ? addresses : [...addresses, ...order.filter((type) => type === 'SRV')];
    return targetOf(target, types, next);
  }

  return walk;
}

/** The way with more names on it; undefined when it comes back to a name on it, or gets too long. */
function extend(path: Path, more: readonly string[]): Path | undefined {
  const names = [...path.names, ...more];
  if (names.length > maxSteps || more.some((name) => path.names.includes(name))) return undefined;
  return { names, budget: path.budget };
}

function bounded(outcome: Leads | GibbonError, until: number): Leads | GibbonError {
  return outcome instanceof Error ? outcome : { ...outcome, until: Math.min(outcome.until, until) };
}

function plain(ip: string): Found {
  return { ip, port: undefined, weight: undefined, srvName: undefined };
}

/** A record of weight 0 is still to be tried now and then: Kong counts it as 1. */
function weighted({ weight, port, target }: SrvRecord, found: readonly Found[]): Found[] {
  const total = found.reduce((sum, one) => sum + (one.weight ?? 1), 0);
  const unit = Math.max(weight, 1) / total;
  return found.map((one) => ({
    ip: one.ip,
    port: one.port ?? (port || undefined),
    weight: (one.weight ?? 1) * unit,
    srvName: target,
  }));
}

/** The failure to tell of: the first one that is more than "nothing there". */
function graver(known: GibbonError | undefined, next: GibbonError): GibbonError {
  return known === undefined || (isNotFound(known) && !isNotFound(next)) ? next : known;
}
