import { signature } from './binary-header.ts';
import type { ProxiedPeer } from './result.ts';

/** A header and what is in it: a peer, nobody, or undefined where it must be refused. */
export interface HeaderCase {
  readonly name: string;
  readonly bytes: Buffer;
  readonly finds: ProxiedPeer | 'nobody' | undefined;
}

/** A header of version 2. */
export function binaryHeader(versionAndCommand: number, family: number, body: Uint8Array, length?: number): Buffer {
  const fixed = Buffer.from([versionAndCommand, family, 0, 0]);
  fixed.writeUInt16BE(length ?? body.length, 2);
  return Buffer.concat([signature, fixed, body]);
}

const fours = Buffer.from([192, 0, 2, 1, 198, 51, 100, 7, 0x30, 0x39, 0x01, 0xbb]);
const four: ProxiedPeer = {
  sourceIp: '192.0.2.1',
  sourcePort: 12_345,
  destinationIp: '198.51.100.7',
  destinationPort: 443,
};
const sixes = Buffer.from('20010db8000000000000000000000001' + '20010db80000000000000000000000ff' + '303901bb', 'hex');
const six: ProxiedPeer = {
  sourceIp: '2001:db8::1',
  sourcePort: 12_345,
  destinationIp: '2001:db8::ff',
  destinationPort: 443,
};

const text = (name: string, line: string, finds: HeaderCase['finds']): HeaderCase => ({
  name,
  bytes: Buffer.from(line, 'latin1'),
  finds,
});

/** Headers of both versions, good and bad. */
export const headerCases: readonly HeaderCase[] = [
  text('takes a line about IPv4', 'PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\r\n', four),
  text('takes a line about IPv6', 'PROXY TCP6 2001:DB8::1 2001:db8:0:0::ff 12345 443\r\n', six),
  text('takes a line about nobody', 'PROXY UNKNOWN\r\n', 'nobody'),
  text('passes over what follows UNKNOWN', `PROXY UNKNOWN ${'f'.repeat(91)}\r\n`, 'nobody'),
  text('refuses a line that is too long', `PROXY UNKNOWN ${'f'.repeat(92)}\r\n`, undefined),
  text('refuses a line without an end', `PROXY UNKNOWN ${'f'.repeat(200)}`, undefined),
  text('refuses a bare line feed', `PROXY TCP4 192.0.2.1 198.51.100.7 12345 443\n${'x'.repeat(80)}`, undefined),
  text('refuses a lone carriage return', 'PROXY TCP4 192.0.2.1\r198.51.100.7 1 2 \r\n', undefined),
  text('refuses it behind UNKNOWN too', 'PROXY UNKNOWN \rabc\r\n', undefined),
  text('refuses addresses of the other family', 'PROXY TCP4 ::1 ::1 1 2\r\n', undefined),
  text('refuses an address with a zone', 'PROXY TCP6 fe80::1%lo ::1 1 2\r\n', undefined),
  text('refuses IPv4 where IPv6 was said', 'PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n', undefined),
  text('refuses an address that is none', 'PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n', undefined),
  text('refuses a port that is none', 'PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n', undefined),
  text('refuses a port with a leading zero', 'PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n', undefined),
  text('refuses a port that is signed', 'PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n', undefined),
  text('refuses two blanks in a row', 'PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n', undefined),
  text('refuses a word too many', 'PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n', undefined),
  text('refuses a word too few', 'PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n', undefined),
  text('refuses other families', 'PROXY UDP4 192.0.2.1 192.0.2.2 1 2\r\n', undefined),
  text('refuses small letters', 'proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n', undefined),
  text('refuses a request', 'GET / HTTP/1.1\r\n', undefined),
  { name: 'takes IPv4 in version 2', bytes: binaryHeader(0x21, 0x11, fours), finds: four },
  { name: 'takes IPv6 in version 2', bytes: binaryHeader(0x21, 0x21, sixes), finds: six },
  { name: 'takes datagrams in version 2', bytes: binaryHeader(0x21, 0x12, fours), finds: four },
  {
    name: 'passes over fields behind the addresses',
    bytes: binaryHeader(0x21, 0x11, Buffer.concat([fours, Buffer.from([4, 0, 2, 1, 1, 0xee, 0, 0])])),
    finds: four,
  },
  {
    name: 'takes the longest header',
    bytes: binaryHeader(0x21, 0x11, Buffer.concat([fours, Buffer.alloc(4080 - 12)])),
    finds: four,
  },
  {
    name: 'refuses a longer one',
    bytes: binaryHeader(0x21, 0x11, Buffer.concat([fours, Buffer.alloc(4081 - 12)])),
    finds: undefined,
  },
  { name: 'knows nobody of a local connection', bytes: binaryHeader(0x20, 0x00, Buffer.alloc(0)), finds: 'nobody' },
  { name: 'passes over addresses of a local one', bytes: binaryHeader(0x20, 0x11, fours), finds: 'nobody' },
  { name: 'takes a local one with less than addresses', bytes: binaryHeader(0x20, 0x21, fours), finds: 'nobody' },
  { name: 'knows nobody of an unspecified family', bytes: binaryHeader(0x21, 0x00, Buffer.alloc(5)), finds: 'nobody' },
  { name: 'knows nobody behind Unix sockets', bytes: binaryHeader(0x21, 0x31, Buffer.alloc(216)), finds: 'nobody' },
  { name: 'refuses addresses that are cut short', bytes: binaryHeader(0x21, 0x21, fours), finds: undefined },
  { name: 'refuses Unix addresses cut short', bytes: binaryHeader(0x21, 0x31, fours), finds: undefined },
  { name: 'refuses another version', bytes: binaryHeader(0x11, 0x11, fours), finds: undefined },
  { name: 'refuses another command', bytes: binaryHeader(0x22, 0x11, fours), finds: undefined },
  { name: 'refuses another family', bytes: binaryHeader(0x21, 0x41, fours), finds: undefined },
  { name: 'refuses another transport', bytes: binaryHeader(0x21, 0x13, fours), finds: undefined },
];
