import type { AliasRecord, DnsRecord, RecordType } from './records.ts';

/** What an answer says of a name, once the aliases in it were followed. */
export interface Followed {
  /** The names on the way, the one that was asked for first; more than one where there are aliases. */
  readonly chain: readonly string[];
  /** Records of the type at the end of the way; may be none. */
  readonly records: readonly DnsRecord[];
  /** Seconds for which all of it may be kept. */
  readonly ttl: number;
  /** True when the aliases lead back to a name on the way. */
  readonly isLoop: boolean;
}

/** Picks the records that answer a question, along the CNAME records in the same answer (RFC 1034 3.6.2). */
export function followAliases(answers: readonly DnsRecord[], name: string, type: RecordType): Followed {
  const chain = [name];
  let ttl = Number.POSITIVE_INFINITY;
  for (;;) {
    const end = chain.at(-1)!;
    const own = answers.filter((record) => record.owner === end);
    const records = own.filter((record) => record.type === type);
    if (records.length > 0) return { chain, records, ttl: shortest(records, ttl), isLoop: false };
    const alias = own.find((record): record is AliasRecord => record.type === 'CNAME');
    if (alias === undefined) return { chain, records, ttl, isLoop: false };
    ttl = Math.min(ttl, alias.ttl);
    const isLoop = chain.includes(alias.target);
    chain.push(alias.target);
    if (isLoop) return { chain, records, ttl, isLoop };
  }
}

/** The least time to live of some records, or `least` where that is less; in seconds. */
export function shortest(records: readonly DnsRecord[], least: number): number {
  return records.reduce((ttl, record) => Math.min(ttl, record.ttl), least);
}
