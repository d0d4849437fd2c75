import { createLru, type Lru } from '../kernel/index.ts';
import { describeCode, emptyRecord } from './faults.ts';
import type { RecordType } from './records.ts';

/** Numbers by what they count; what was never counted is not there. The words are those of Kong's second client. */
export type Counts = { readonly [counted: string]: number };

/** Counts by what was asked for: `name|type`, or `name|A/AAAA` for a name as it was given. */
export type DnsStatistics = ReadonlyMap<string, Counts>;

/** Counts the questions that are put to name servers. */
export interface QuestionStatistics {
  /** A question leaves; call what comes back once it is answered, with the code and whether there was any record. */
  asked(name: string, type: RecordType): (code: number | undefined, isEmpty: boolean) => void;
  /** Adds the counts to those of others. */
  addTo(all: Map<string, Record<string, number>>): void;
}

/** Creates {@link QuestionStatistics} of at most `size` questions; `now` tells monotonic milliseconds. */
export function createQuestionStatistics(size: number, now: () => number): QuestionStatistics {
  const counts: Lru<string, Record<string, number>> = createLru(size);

  function of(key: string): Record<string, number> {
    let known = counts.get(key);
    if (known === undefined) {
      known = {};
      counts.set(key, known);
    }
    return known;
  }

  return {
    asked(name, type) {
      const key = `${name}|${type}`;
      count(of(key), 'query');
      const start = now();
      return (code, isEmpty) => {
        const own = of(key);
        own['query_last_time'] = Math.floor(now() - start);
        if (code === undefined) count(own, 'query_fail_nameserver');
        else if (code !== 0) count(own, `query_fail:${describeCode(code)}`);
        else count(own, isEmpty ? `query_fail:${emptyRecord}` : 'query_succ');
      };
    },
    addTo(all) {
      for (const [key, own] of counts.entries()) addCounts(all, key, own);
    },
  };
}

/** Adds counts to what is known under a key; of times the longest stays. */
export function addCounts(all: Map<string, Record<string, number>>, key: string, counts: Counts): void {
  let sum = all.get(key);
  if (sum === undefined) {
    sum = {};
    all.set(key, sum);
  }
  for (const [counted, value] of Object.entries(counts)) {
    if (counted === 'query_last_time') sum[counted] = Math.max(sum[counted] ?? 0, value);
    else sum[counted] = (sum[counted] ?? 0) + value;
  }
}

function count(counts: Record<string, number>, counted: string): void {
  counts[counted] = (counts[counted] ?? 0) + 1;
}
