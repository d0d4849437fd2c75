/** The record types that are asked for. */
export type RecordType = 'A' | 'AAAA' | 'SRV' | 'CNAME';

/** What every record has. Names are in lower case and without a dot at the end. */
interface RecordBase {
  /** The name that the record belongs to. */
  readonly owner: string;
  /** Seconds for which the record may be kept. */
  readonly ttl: number;
}

/** An A or AAAA record. */
export interface AddressRecord extends RecordBase {
  readonly type: 'A' | 'AAAA';
  readonly ip: string;
}

/** An SRV record (RFC 2782). */
export interface SrvRecord extends RecordBase {
  readonly type: 'SRV';
  /** Empty when the service is decidedly not offered. */
  readonly target: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** A CNAME record. */
export interface AliasRecord extends RecordBase {
  readonly type: 'CNAME';
  readonly target: string;
}

/** Any record that is read. */
export type DnsRecord = AddressRecord | SrvRecord | AliasRecord;

/** What a name server said to one question. */
export interface Reply {
  /** The response code (RFC 1035 4.1.1, RFC 6895): 0 for success, 3 when there is no such name. */
  readonly code: number;
  /** Records of the answer, those of aliases among them. */
  readonly answers: readonly DnsRecord[];
  /** Records that came along, such as the addresses of an SRV record's targets. */
  readonly extras: readonly DnsRecord[];
}

/** Where questions are put. */
export interface NameServers {
  /**
   * Asks for the records of one type. The reply may be one of failure, when all name servers that answered failed.
   * @throws GibbonError `ERR_DNS_FAILED` by rejection when no name server answered
   */
  ask(name: string, type: RecordType): Promise<Reply>;
}
