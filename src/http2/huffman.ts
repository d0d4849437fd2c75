/** Bits of each symbol's code (RFC 7541 appendix B); the last one is EOS. The codes follow: the canonical ones. */
// biome-ignore format: a table
const lengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

const endOfString = 256;
const codes = canonicalCodes();

/** Codes of one length count up by symbol, and each length goes on where the shorter one ended. */
function canonicalCodes(): Uint32Array {
  const made = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= 30; length += 1) {
    code *= 2;
    for (let symbol = 0; symbol < lengths.length; symbol += 1) {
      if (lengths[symbol] !== length) continue;
      made[symbol] = code;
      code += 1;
    }
  }
  return made;
}

/** Where a nibble leads from a state: the next state. A state is an inner node of the tree of codes; 0 is its root. */
const next = new Uint8Array(256 * 16);
/** The symbol that a nibble completes, -1 for none, -2 for a nibble that no text may have. */
const symbols = new Int16Array(256 * 16);
/** 1 for each state in which a text may end: fewer than eight bits of padding, all of them ones. */
const mayEnd = new Uint8Array(256);
makeDecoder();

function makeDecoder(): void {
  // Children of inner nodes: another inner node, or minus one minus a symbol.
  const left: number[] = [];
  const right: number[] = [];
  const addNode = (): number => {
    left.push(0);
    right.push(0);
    return left.length - 1;
  };
  addNode();
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    let node = 0;
    for (let bit = lengths[symbol]! - 1; bit >= 0; bit -= 1) {
      const side = ((codes[symbol]! >>> bit) & 1) === 0 ? left : right;
      if (bit === 0) side[node] = -1 - symbol;
      else node = side[node] = side[node] === 0 ? addNode() : side[node]!;
    }
  }
  for (let state = 0; state < left.length; state += 1) {
    for (let nibble = 0; nibble < 16; nibble += 1) {
      let node = state;
      let symbol = -1;
      for (let bit = 3; bit >= 0; bit -= 1) {
        const child = (((nibble >> bit) & 1) === 0 ? left : right)[node]!;
        if (child < 0) {
          symbol = -1 - child === endOfString ? -2 : -1 - child;
          node = 0;
        } else node = child;
        if (symbol === -2) break;
      }
      next[state * 16 + nibble] = node;
      symbols[state * 16 + nibble] = symbol;
    }
  }
  let node = 0;
  for (let bits = 0; bits < 8; bits += 1) {
    mayEnd[node] = 1;
    node = right[node]!;
  }
}

/** Bytes that `text`, one character a byte, takes when it is coded. */
export function huffmanSize(text: string): number {
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) bits += lengths[text.charCodeAt(at) & 0xff]!;
  return (bits + 7) >>> 3;
}

/** Writes the code of `text`, one character a byte, at `at` and returns the offset behind it. */
export function huffmanEncode(text: string, into: Uint8Array, at: number): number {
  let pending = 0;
  let bits = 0;
  let end = at;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = text.charCodeAt(index) & 0xff;
    const length = lengths[symbol]!;
    const code = codes[symbol]!;
    // In two steps, since up to 7 bits that wait and 30 new ones do not fit into 32.
    for (let shift = length; shift > 0; ) {
      const taken = Math.min(shift, 16);
      shift -= taken;
      pending = (pending << taken) | ((code >>> shift) & ((1 << taken) - 1));
      bits += taken;
      while (bits >= 8) {
        bits -= 8;
        into[end] = (pending >>> bits) & 0xff;
        end += 1;
      }
      pending &= (1 << bits) - 1;
    }
  }
  if (bits > 0) {
    into[end] = ((pending << (8 - bits)) | (0xff >> bits)) & 0xff;
    end += 1;
  }
  return end;
}

/**
 * Decodes bytes `start` to `end` to the beginning of `into`, which must hold 8 / 5 of them, and returns how many came out; -1
 * for what is no code: EOS in it, or padding that is too long or not ones.
 */
export function huffmanDecode(bytes: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let state = 0;
  let out = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    let slot = state * 16 + (byte >> 4);
    let symbol = symbols[slot]!;
    if (symbol >= 0) {
      into[out] = symbol;
      out += 1;
    } else if (symbol === -2) return -1;
    slot = next[slot]! * 16 + (byte & 15);
    symbol = symbols[slot]!;
    if (symbol >= 0) {
      into[out] = symbol;
      out += 1;
    } else if (symbol === -2) return -1;
    state = next[slot]!;
  }
  return mayEnd[state] === 1 ? out : -1;
}
