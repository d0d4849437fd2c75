import { isIPv4, isIPv6 } from 'node:net';
import type { Scanner } from './scanner.ts';
import type { ExpressionFault, Literal } from './syntax.ts';

/** What stood in the text where a literal may stand: a value, or one that is well written and still no value. */
export interface Found<T> {
  readonly value: T;
  /** What is wrong with it. */
  readonly fault?: ExpressionFault;
}

/** Passes over a literal of any kind; undefined when there is none. */
export function scanLiteral(scanner: Scanner): Found<Literal> | undefined {
  return scanner.rule(
    'rhs',
    () => scanText(scanner) ?? scanRawText(scanner) ?? scanAddress(scanner) ?? scanNumber(scanner),
  );
}

const escapes: { readonly [letter: string]: string } = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };

function scanText(scanner: Scanner): Found<Literal> | undefined {
  return scanner.rule('str_literal', () => {
    if (!scanner.take('"')) return undefined;
    let text = '';
    for (;;) {
      const part = scanEscape(scanner) ?? scanChar(scanner);
      if (part === undefined) break;
      text += part;
    }
    return scanner.take('"') ? { value: { type: 'String', text } } : undefined;
  });
}

function scanEscape(scanner: Scanner): string | undefined {
  return scanner.rule('str_esc', () => {
    const pair = scanner.match(/\\["\\nrt]/y);
    return pair === undefined ? undefined : escapes[pair[1]!];
  });
}

function scanChar(scanner: Scanner): string | undefined {
  return scanner.rule('str_char', () => scanner.match(/[^"\\]+/y));
}

function scanRawText(scanner: Scanner): Found<Literal> | undefined {
  return scanner.rule('rawstr_literal', () => {
    if (!scanner.take('r#"')) return undefined;
    const end = scanner.text.indexOf('"#', scanner.at);
    const text = scanner.text.slice(scanner.at, end === -1 ? undefined : end);
    scanner.at += text.length;
    scanner.rule('rawstr_char', () => undefined);
    return scanner.take('"#') ? { value: { type: 'String', text } } : undefined;
  });
}

const v4 = '\\d{1,3}(?:\\.\\d{1,3}){3}';
const v6 = '(?::|[\\da-fA-F]{1,4}):(?:[\\da-fA-F]{1,4}|:)*';

// In the order in which Kong's grammar tries them.
const addresses = [
  { rule: 'ipv4_cidr_literal', pattern: new RegExp(`${v4}/\\d{1,2}`, 'y'), longest: 32 },
  { rule: 'ipv6_cidr_literal', pattern: new RegExp(`${v6}/\\d{1,3}`, 'y'), longest: 128 },
  { rule: 'ipv4_literal', pattern: new RegExp(v4, 'y'), longest: undefined },
  { rule: 'ipv6_literal', pattern: new RegExp(v6, 'y'), longest: undefined },
] as const;

function scanAddress(scanner: Scanner): Found<Literal> | undefined {
  for (const { rule, pattern, longest } of addresses) {
    const start = scanner.at;
    const text = scanner.rule(rule, () => scanner.match(pattern));
    if (text === undefined) continue;
    // Kong takes 010.0.0.0/8 for 10.0.0.0/8, but no such address without a length.
    const plain = longest === 32 ? text.replaceAll(/\b0+(?=\d)/g, '') : text;
    const problem = longest === undefined ? addressProblem(plain) : networkProblem(plain, longest);
    const value: Literal = { type: longest === undefined ? 'IpAddr' : 'IpCidr', text: plain };
    return problem === undefined ? { value } : { value, fault: scanner.fault(problem, start, scanner.at) };
  }
  return undefined;
}

function addressProblem(text: string): string | undefined {
  if (text.includes(':')) return isIPv6(text) ? undefined : 'invalid IPv6 address syntax';
  return isIPv4(text) ? undefined : 'invalid IPv4 address syntax';
}

function networkProblem(text: string, longest: 32 | 128): string | undefined {
  const slash = text.indexOf('/');
  const problem = addressProblem(text.slice(0, slash));
  if (problem !== undefined) return `couldn't parse address in network: ${problem}`;
  const length = Number(text.slice(slash + 1));
  if (length > longest) {
    const family = longest === 32 ? 'Ipv4' : 'Ipv6';
    return `invalid length for network: Network length ${length} is too long for ${family} (maximum: ${longest})`;
  }
  const bits = addressBits(text.slice(0, slash));
  const host = (1n << BigInt(longest - length)) - 1n;
  return (bits & host) === 0n ? undefined : 'host part of address was not zero';
}

/** The bits of an address that is known to be one. */
export function addressBits(text: string): bigint {
  if (!text.includes(':')) return text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  const [head = '', tail] = text.split('::');
  const groups = (part: string): readonly string[] => (part === '' ? [] : part.split(':').flatMap(groupsOf));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const gap = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...gap, ...after].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address may end in the dotted form of its last 32 bits. */
function groupsOf(part: string): readonly string[] {
  if (!part.includes('.')) return [part];
  const bits = Number(addressBits(part));
  return [(bits >>> 16).toString(16), (bits & 0xffff).toString(16)];
}

const largest = 2n ** 63n - 1n;

const numbers = [
  { rule: 'oct_digits', prefix: '', pattern: /0[0-7]+/y, radix: '0o' },
  { rule: 'hex_digits', prefix: '0x', pattern: /[\da-fA-F]+/y, radix: '0x' },
  { rule: 'dec_digits', prefix: '', pattern: /\d+/y, radix: '' },
] as const;

function scanNumber(scanner: Scanner): Found<Literal> | undefined {
  return scanner.rule('int_literal', () => {
    const isNegative = scanner.take('-');
    const start = scanner.at;
    for (const { rule, prefix, pattern, radix } of numbers) {
      scanner.at = start;
      if (!scanner.take(prefix)) continue;
      const from = scanner.at;
      const digits = scanner.rule(rule, () => scanner.match(pattern));
      if (digits === undefined) continue;
      const size = BigInt(`${radix}${digits}`);
      const value: Literal = { type: 'Int', number: Number(isNegative ? -size : size) };
      if (size <= largest) return { value };
      return { value, fault: scanner.fault('number too large to fit in target type', from, scanner.at) };
    }
    return undefined;
  });
}
