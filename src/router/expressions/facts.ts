import { latin1OfText, parseArgs, textOfLatin1 } from '../../pdk/support.ts';
import { splitHost } from '../traditional/host-name.ts';
import type { RouteRequest } from '../types.ts';
import { addressBits } from './literals.ts';

/** An address as a number, so that networks can be told; IPv4 ones are compared with IPv4 ones only. */
export interface AddressBits {
  readonly isV6: boolean;
  readonly bits: bigint;
}

/** One value, several, or none. */
export type Values = string | readonly string[] | undefined;

/**
 * What expressions may ask of one request, found out when first asked, and what the last one that was evaluated noted on
 * the way. A router has one of these and uses it again and again.
 */
export class Facts {
  readonly #maxArgs: number;
  request!: RouteRequest;
  #name: string | undefined;
  #port: number | undefined;
  #isHostSplit = false;
  #segments: readonly string[] | undefined;
  #args: ReturnType<typeof parseArgs> | undefined;
  #source: AddressBits | undefined;
  #destination: AddressBits | undefined;

  // What Kong takes for the route's match: the last predicate about http.path that held.
  matchedPath: string | undefined = undefined;
  matchedByRegex = false;
  /** Groups of every regular expression that held, later ones over earlier ones; undefined for none. */
  unnamed: string[] | undefined = undefined;
  named: { [name: string]: string } | undefined = undefined;

  /** Arguments of a query beyond `maxArgs` are not seen. */
  constructor(maxArgs: number) {
    this.#maxArgs = maxArgs;
  }

  begin(request: RouteRequest): void {
    this.request = request;
    this.#isHostSplit = false;
    this.#segments = undefined;
    this.#args = undefined;
    this.#source = undefined;
    this.#destination = undefined;
  }

  /** Forgets what an earlier expression noted. */
  forget(): void {
    this.matchedPath = undefined;
    this.matchedByRegex = false;
    this.unnamed = undefined;
    this.named = undefined;
  }

  /** The host without its port, an IPv6 address in brackets; undefined when there is none. */
  get host(): string | undefined {
    if (!this.#isHostSplit) this.#splitHost();
    return this.#name;
  }

  /** The port in the Host header, else the one that the client connected to (Kong 3.0). */
  get port(): number {
    if (!this.#isHostSplit) this.#splitHost();
    return this.#port ?? this.request.port;
  }

  #splitHost(): void {
    const { host } = this.request;
    this.#isHostSplit = true;
    this.#name = host === '' ? undefined : host;
    this.#port = undefined;
    if (!host.includes(':')) return;
    const { name, port } = splitHost(host);
    this.#name = name.includes(':') ? `[${name}]` : name;
    this.#port = port === undefined ? undefined : Number(port);
  }

  /** The parts of the path between slashes, without an empty last one. */
  get segments(): readonly string[] {
    return (this.#segments ??= segmentsOf(this.request.path));
  }

  /** The values of an argument of the query, one character per byte; an argument without a value is "". */
  query(name: string): Values {
    const args = (this.#args ??= parseArgs(this.request.query ?? '', this.#maxArgs));
    const value = args[name];
    if (value === undefined) return undefined;
    return Array.isArray(value) ? value.map(argText) : argText(value as string | boolean);
  }

  get source(): AddressBits | undefined {
    return (this.#source ??= readAddress(this.request.clientIp));
  }

  get destination(): AddressBits | undefined {
    return (this.#destination ??= readAddress(this.request.serverIp));
  }

  /** Takes over the groups of a regular expression that held. */
  note(captures: readonly (string | undefined)[], named: { readonly [name: string]: string | undefined }): void {
    if (captures.length === 0) return;
    this.unnamed ??= [];
    for (let i = 0; i < captures.length; i++) this.unnamed[i] = captures[i] ?? this.unnamed[i] ?? '';
    for (const name of Object.keys(named)) {
      const value = named[name];
      if (value === undefined) continue;
      this.named ??= Object.create(null) as { [name: string]: string };
      this.named[name] = value;
    }
  }
}

function segmentsOf(path: string): readonly string[] {
  if (path.charCodeAt(0) !== 0x2f || path.length === 1) return [];
  const end = path.charCodeAt(path.length - 1) === 0x2f ? path.length - 1 : path.length;
  return path.slice(1, end).split('/');
}

function argText(value: string | boolean): string {
  return typeof value === 'string' ? latin1OfText(value) : '';
}

/** Reads an address; what came over IPv6 sockets from IPv4 is that. */
export function readAddress(text: string | undefined): AddressBits | undefined {
  if (text === undefined || text === '') return undefined;
  const plain = text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text;
  return { isV6: plain.includes(':'), bits: addressBits(plain) };
}

/** The text in lower case, given and handed back as one character per byte. */
export function lowerBytes(text: string): string {
  const decoded = textOfLatin1(text);
  return decoded === text ? lowerAscii(text) : latin1OfText(decoded.toLowerCase());
}

/** Bytes that are no UTF-8 must not be taken for letters. */
function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
