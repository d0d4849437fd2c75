import { defaultFrameSize, frameHeaderSize, preface, readUint31 } from './frames.ts';

/** Takes frames in their order; the bytes may be kept only as a copy. */
export interface FrameSink {
  /** False ends the reading: what follows is dropped. */
  onFrame(type: number, flags: number, stream: number, bytes: Buffer, start: number, end: number): boolean;
}

/** What came of a read. */
export type ReadOutcome = 'more' | 'stopped' | 'no preface' | 'too large';

/** Cuts what a peer sends into frames, after the preface if it is a client. A frame is handed over once it is whole. */
export class FrameReader {
  #prefaceAt: number;
  #carry: Buffer | undefined;
  #carried = 0;

  constructor(expectsPreface = true) {
    this.#prefaceAt = expectsPreface ? 0 : preface.length;
  }

  /** The preface has come. */
  get isStarted(): boolean {
    return this.#prefaceAt === preface.length;
  }

  /** Takes the first `length` bytes. After any outcome but `more` nothing else may be pushed. */
  push(bytes: Buffer, length: number, sink: FrameSink): ReadOutcome {
    let at = 0;
    while (this.#prefaceAt < preface.length && at < length) {
      if (bytes[at] !== preface[this.#prefaceAt]) return 'no preface';
      this.#prefaceAt += 1;
      at += 1;
    }
    while (at < length) {
      if (this.#carried > 0) {
        const used = this.#complete(bytes, at, length);
        if (used < 0) return 'too large';
        at += used;
        const carry = this.#carry!;
        if (this.#carried < frameHeaderSize || this.#carried < frameHeaderSize + lengthAt(carry, 0)) return 'more';
        const end = this.#carried;
        this.#carried = 0;
        if (!frameAt(carry, 0, end, sink)) return 'stopped';
        continue;
      }
      const size = length - at < frameHeaderSize ? -1 : lengthAt(bytes, at);
      if (size > defaultFrameSize) return 'too large';
      const end = at + frameHeaderSize + size;
      if (size === -1 || end > length) {
        this.#carryOn(bytes, at, length, size === -1 ? frameHeaderSize : frameHeaderSize + size);
        return 'more';
      }
      if (!frameAt(bytes, at, end, sink)) return 'stopped';
      at = end;
    }
    return 'more';
  }

  /** Adds to the frame that is carried as much as belongs to it. Returns how much that was, -1 for a frame too large. */
  #complete(bytes: Buffer, at: number, length: number): number {
    let used = 0;
    if (this.#carried < frameHeaderSize) {
      used = Math.min(frameHeaderSize - this.#carried, length - at);
      bytes.copy(this.#carry!, this.#carried, at, at + used);
      this.#carried += used;
      if (this.#carried < frameHeaderSize) return used;
    }
    const size = lengthAt(this.#carry!, 0);
    if (size > defaultFrameSize) return -1;
    const whole = frameHeaderSize + size;
    if (this.#carry!.length < whole) {
      const grown = Buffer.allocUnsafe(whole);
      this.#carry!.copy(grown, 0, 0, this.#carried);
      this.#carry = grown;
    }
    const more = Math.min(whole - this.#carried, length - at - used);
    bytes.copy(this.#carry!, this.#carried, at + used, at + used + more);
    this.#carried += more;
    return used + more;
  }

  #carryOn(bytes: Buffer, at: number, length: number, size: number): void {
    if (this.#carry === undefined || this.#carry.length < size) this.#carry = Buffer.allocUnsafe(size);
    bytes.copy(this.#carry, 0, at, length);
    this.#carried = length - at;
  }
}

function lengthAt(bytes: Buffer, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

function frameAt(bytes: Buffer, at: number, end: number, sink: FrameSink): boolean {
  return sink.onFrame(bytes[at + 3]!, bytes[at + 4]!, readUint31(bytes, at + 5), bytes, at + frameHeaderSize, end);
}
