/**
 * Lower-case form of each byte that may stand in a token (RFC 9110 section 5.6.2), 0 for all others. `_` counts as `-`, as
 * it does wherever names are compared.
 */
export const tokenLower = new Uint8Array(256);

/** 1 for each byte that may stand in a field value: visible ASCII, space, tab and 0x80 to 0xFF. */
export const fieldByte = new Uint8Array(256);

/** 1 for each byte that may stand in a request target: visible ASCII and 0x80 to 0xFF, as nginx lets them through. */
export const targetByte = new Uint8Array(256);

for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
  tokenLower[char.charCodeAt(0)] = char.charCodeAt(0);
for (let byte = 0x41; byte <= 0x5a; byte += 1) tokenLower[byte] = byte | 0x20;
for (let byte = 0x20; byte < 0x100; byte += 1) fieldByte[byte] = byte === 0x7f ? 0 : 1;
tokenLower[0x5f] = 0x2d;
fieldByte[0x09] = 1;
for (let byte = 0x21; byte < 0x100; byte += 1) targetByte[byte] = byte === 0x7f ? 0 : 1;

/** 1 for each byte that may stand in a host with its port (RFC 3986 section 3.2.2): names, addresses in brackets, `%XX`. */
export const hostByte = new Uint8Array(256);

for (const char of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-._~!$&'()*+,;=%:[]") {
  hostByte[char.charCodeAt(0)] = 1;
}

/** True for a host, with or without a port, that holds nothing but what a host may hold. */
export function isHost(text: string): boolean {
  if (text === '') return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0xff || hostByte[code] === 0) return false;
  }
  return true;
}
