import { isIPv4, isIPv6 } from 'node:net';
import { type Answer, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import type { DnsRecord, RecordType, Reply } from './records.ts';

/** What a DNS message says that answers a question. */
export interface Message extends Reply {
  readonly id: number;
  /** Not everything fitted; to be asked for again over TCP. */
  readonly isTruncated: boolean;
  /** The question that is answered; empty text where the message has none. */
  readonly name: string;
  readonly type: string;
}

/** What fits into one packet on every path: IPv6's least MTU less the headers (DNS flag day 2020). */
const payloadSize = 1232;

/** More records in one message than this are not for us. */
const maxRecords = 1024;

/**
 * Makes the bytes of a query. With `edns` it says that answers of {@link payloadSize} bytes are welcome (RFC 6891), which
 * very old name servers do not understand.
 */
export function encodeQuery(id: number, name: string, type: RecordType, edns: boolean): Buffer {
  return encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type, class: 'IN' }],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: payloadSize,
            flags: 0,
            flag_do: false,
            extendedRcode: 0,
            ednsVersion: 0,
            options: [],
          },
        ]
      : [],
  });
}

/** Reads the bytes of a response; undefined for anything else, for nonsense, and for far too many records. */
export function decodeResponse(bytes: Buffer): Message | undefined {
  if (bytes.length < 12 || (bytes[2]! & 0x80) === 0 || bytes.readUInt16BE(4) > 1) return undefined;
  const records = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  if (records > maxRecords) return undefined;
  let packet: ReturnType<typeof decode>;
  try {
    packet = decode(bytes);
  } catch {
    return undefined;
  }
  // Past the end the last record was read from nothing.
  if (decode.bytes > bytes.length) return undefined;
  const extended = packet.additionals?.find((record) => record.type === 'OPT');
  const question = packet.questions?.[0];
  return {
    id: bytes.readUInt16BE(0),
    code: (bytes[3]! & 0xf) | ((extended?.type === 'OPT' ? extended.extendedRcode : 0) << 4),
    isTruncated: (bytes[2]! & 0x02) !== 0,
    name: question === undefined ? '' : plain(question.name),
    type: question?.class === 'IN' ? question.type : '',
    answers: readRecords(packet.answers ?? []),
    extras: readRecords(packet.additionals ?? []),
  };
}

function readRecords(given: readonly Answer[]): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (const record of given) {
    const read = readRecord(record);
    if (read !== undefined) records.push(read);
  }
  return records;
}

function readRecord(record: Answer): DnsRecord | undefined {
  if (record.type === 'OPT' || ('class' in record && record.class !== 'IN')) return undefined;
  const owner = plain(record.name);
  // A time with its highest bit set counts as none (RFC 2181 8).
  const ttl = 'ttl' in record && record.ttl !== undefined && record.ttl < 2 ** 31 ? record.ttl : 0;
  switch (record.type) {
    case 'A':
      return isIPv4(record.data) ? { owner, ttl, type: 'A', ip: record.data } : undefined;
    case 'AAAA':
      return isIPv6(record.data) ? { owner, ttl, type: 'AAAA', ip: record.data } : undefined;
    case 'CNAME':
      return { owner, ttl, type: 'CNAME', target: plain(record.data) };
    case 'SRV': {
      const { target, port, priority = 0, weight = 0 } = record.data;
      return { owner, ttl, type: 'SRV', target: plain(target), port, priority, weight };
    }
    default:
      return undefined;
  }
}

/**
 * Names are compared without regard to case, and the root is the empty text. Characters that no host has are all made one
 * that no question is asked with and no log is confused by.
 */
function plain(name: string): string {
  const lower = name.toLowerCase().replace(/[^\x21-\x7e]/g, '\ufffd');
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}
