/** Numbers of the header names that the engine itself acts upon; 0 is any other name. */
export const Known = {
  host: 1,
  connection: 2,
  contentLength: 3,
  transferEncoding: 4,
  te: 5,
  upgrade: 6,
  expect: 7,
  keepAlive: 8,
  proxyConnection: 9,
  proxy: 10,
  trailer: 11,
  via: 12,
  xForwardedFor: 13,
  xForwardedProto: 14,
  xForwardedHost: 15,
  xForwardedPort: 16,
  xForwardedPath: 17,
  xForwardedPrefix: 18,
  xRealIp: 19,
  xKongRequestId: 20,
  server: 21,
  date: 22,
} as const;

const names: { readonly [name: string]: number } = {
  host: Known.host,
  connection: Known.connection,
  'content-length': Known.contentLength,
  'transfer-encoding': Known.transferEncoding,
  te: Known.te,
  upgrade: Known.upgrade,
  expect: Known.expect,
  'keep-alive': Known.keepAlive,
  'proxy-connection': Known.proxyConnection,
  proxy: Known.proxy,
  trailer: Known.trailer,
  via: Known.via,
  'x-forwarded-for': Known.xForwardedFor,
  'x-forwarded-proto': Known.xForwardedProto,
  'x-forwarded-host': Known.xForwardedHost,
  'x-forwarded-port': Known.xForwardedPort,
  'x-forwarded-path': Known.xForwardedPath,
  'x-forwarded-prefix': Known.xForwardedPrefix,
  'x-real-ip': Known.xRealIp,
  'x-kong-request-id': Known.xKongRequestId,
  server: Known.server,
  date: Known.date,
};

/** Start and step of the running hash that parsers compute over lower-case name bytes. */
export const hashStart = 5381;

const slots = 1024;
const ids = new Uint8Array(slots);
const spelled: Uint8Array[] = Array.from({ length: slots }, () => new Uint8Array(0));

for (const [name, id] of Object.entries(names)) {
  const slot = hashOfName(name) & (slots - 1);
  if (ids[slot] !== 0) throw new Error(`Cannot place header "${name}": two known names share a slot`);
  ids[slot] = id;
  spelled[slot] = Uint8Array.from(name, (char) => char.charCodeAt(0));
}

/** The number of the name at `start` to `end`, given the hash of its lower-case bytes; 0 for a name nobody asked for. */
export function knownHeader(bytes: Uint8Array, start: number, end: number, hash: number): number {
  const slot = hash & (slots - 1);
  const id = ids[slot]!;
  if (id === 0) return 0;
  const name = spelled[slot]!;
  if (name.length !== end - start) return 0;
  for (let at = 0; at < name.length; at += 1) {
    const byte = bytes[start + at]!;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name[at]) return 0;
  }
  return id;
}

/** The running hash of a whole name, as parsers compute it; lower case with dashes. */
export function hashOfName(name: string): number {
  let hash = hashStart;
  for (let at = 0; at < name.length; at += 1) hash = (Math.imul(hash, 33) ^ name.charCodeAt(at)) | 0;
  return hash;
}
