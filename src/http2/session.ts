import { ClosedStreams } from './closed-streams.ts';
import { FloodGuard } from './flood-guard.ts';
import { FrameReader, type FrameSink, type ReadOutcome } from './frame-reader.ts';
import { ErrorCode, Flag, FrameType, maxWindow, readUint31, readUint32, type SettingPairs } from './frames.ts';
import { HeaderBlocks } from './header-blocks.ts';
import { type FieldVisitor, HpackDecoder } from './hpack-decoder.ts';
import { Http2Output, type Http2Shared, type OutputSocket, type WriteWatch } from './output.ts';
import { ReceiveWindow } from './receive-window.ts';
import type { SendSide, StreamSession } from './send-side.ts';
import { createPeerSettings, readSettings } from './settings.ts';
import type { TwoWayStream } from './two-way-stream.ts';

/** How a session is to be. */
export interface SessionOptions {
  /** The peer is a client, whose bytes begin with the preface; else we are, and send it. */
  readonly isServer: boolean;
  /** Bytes that a compressed header block may have. */
  readonly blockLimit: number;
  /** Bytes of bodies that may be held for all streams together. */
  readonly heldLimit: number;
  /** What we say of ourselves, as pairs of number and value. */
  readonly settings: SettingPairs;
  /** The present time in milliseconds. */
  readonly now: number;
}

/**
 * One HTTP/2 connection, whichever side of it we are (RFC 9113): frames taken apart and held to their form, settings, windows
 * and floods. What a header block means, and when a connection ends, is for the client's or the server's half to say.
 */
export abstract class Http2Session<Stream extends TwoWayStream> implements FrameSink, StreamSession, WriteWatch {
  readonly output: Http2Output;
  protected readonly streams = new Map<number, Stream>();
  protected readonly closed = new ClosedStreams();
  protected readonly guard: FloodGuard;
  protected readonly peer = createPeerSettings();
  /** False once the last GOAWAY is out. */
  protected isOpen = true;
  readonly #reader: FrameReader;
  readonly #decoder = new HpackDecoder();
  readonly #blocks: HeaderBlocks;
  readonly #window: ReceiveWindow;
  #sawSettings = false;

  constructor(socket: OutputSocket, shared: Http2Shared, options: SessionOptions) {
    this.#reader = new FrameReader(options.isServer);
    this.#blocks = new HeaderBlocks(options.blockLimit);
    this.guard = new FloodGuard(options.now);
    this.output = new Http2Output(socket, shared, this);
    if (!options.isServer) this.output.writer.preface();
    this.output.writer.settings(options.settings);
    this.#window = new ReceiveWindow(this.output, options.heldLimit);
    this.output.due();
  }

  /** The present time in milliseconds. */
  protected abstract get now(): number;
  /** The highest stream of the peer that was acted upon. */
  protected abstract get lastPeerStream(): number;
  /** A stream that nobody has opened yet: frames for it are wrong. */
  protected abstract isUnopened(id: number): boolean;
  /** A stream that we have said not to serve: frames for it are ignored. */
  protected abstract isBeyondLast(id: number): boolean;
  /** The first SETTINGS came. */
  protected abstract onStarted(): void;
  /** SETTINGS were taken over. */
  protected abstract onSettingsChanged(): void;
  /** A header block began that has not come whole, or such a one is whole now. */
  protected abstract onBlockPending(isPending: boolean): void;
  /** A whole header block, to be decoded whatever it is. False when nothing more is to be read. */
  protected abstract onBlock(
    id: number,
    isLast: boolean,
    dependsOnItself: boolean,
    bytes: Buffer,
    start: number,
    end: number,
  ): boolean;
  /** The peer ended a stream with an error code. False when nothing more is to be read. */
  protected abstract onStreamReset(stream: Stream, code: number): boolean;
  /** The peer will not go on beyond a stream of ours. */
  protected abstract onGoaway(last: number, code: number): void;
  /** The answer to a PING of ours, or what looks like one. False when nothing more is to be read. */
  protected abstract onPong(bytes: Buffer, start: number, end: number): boolean;
  /** The connection ends with an error; GOAWAY is gathered. */
  protected abstract onFault(code: number): void;
  abstract onQueued(): void;
  abstract onWritten(): void;
  abstract onStreamClosed(stream: SendSide, wasReset: boolean): void;

  /** The peer has begun to speak HTTP/2. */
  protected get isStarted(): boolean {
    return this.#reader.isStarted;
  }

  /** Takes what was read; a malformed frame ends the connection. */
  protected take(bytes: Buffer, length: number): void {
    const outcome: ReadOutcome = this.#reader.push(bytes, length, this);
    if (outcome === 'no preface') this.fail(ErrorCode.protocolError);
    else if (outcome === 'too large') this.fail(ErrorCode.frameSizeError);
  }

  /** Ends the connection at once, with all its streams (RFC 9113 section 5.4.1). */
  protected fail(code: number): false {
    if (!this.isOpen) return false;
    this.output.writer.goaway(this.lastPeerStream, code);
    this.onFault(code);
    return false;
  }

  protected decode(bytes: Buffer, start: number, end: number, visitor: FieldVisitor): boolean {
    return this.#decoder.decode(bytes, start, end, visitor) || this.fail(ErrorCode.compressionError);
  }

  onFrame(type: number, flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (!this.#sawSettings) {
      // RFC 9113 section 3.4.
      if (type !== FrameType.settings || (flags & Flag.ack) !== 0) return this.fail(ErrorCode.protocolError);
      this.#sawSettings = true;
      this.onStarted();
    }
    // RFC 9113 section 6.10: nothing may come between the frames of a block.
    if (this.#blocks.stream !== 0 && (type !== FrameType.continuation || id !== this.#blocks.stream)) {
      return this.fail(ErrorCode.protocolError);
    }
    switch (type) {
      case FrameType.data:
        return this.#onData(flags, id, bytes, start, end);
      case FrameType.headers:
        return this.#onHeaders(flags, id, bytes, start, end);
      case FrameType.continuation:
        return this.#onContinuation(flags, id, bytes, start, end);
      case FrameType.windowUpdate:
        return this.#onWindowUpdate(id, bytes, start, end);
      case FrameType.rstStream:
        return this.#onRstStream(id, bytes, start, end);
      case FrameType.settings:
        return this.#onSettings(flags, id, bytes, start, end);
      case FrameType.ping:
        return this.#onPing(flags, id, bytes, start, end);
      case FrameType.priority:
        return this.#onPriority(id, bytes, start, end);
      case FrameType.goaway:
        if (id !== 0) return this.fail(ErrorCode.protocolError);
        if (end - start < 8) return this.fail(ErrorCode.frameSizeError);
        this.onGoaway(readUint31(bytes, start), readUint32(bytes, start + 4));
        return this.isOpen;
      case FrameType.pushPromise:
        // No client may push, and no server to us, since we said so.
        return this.fail(ErrorCode.protocolError);
      default:
        // RFC 9113 section 4.1: unknown types are ignored.
        return this.allowFrame();
    }
  }

  /** False, with the connection ended, for one frame too many that brought nothing. */
  protected allowFrame(): boolean {
    return this.guard.allowFrame(this.now) || this.fail(ErrorCode.enhanceYourCalm);
  }

  protected allowReset(): boolean {
    return this.guard.allowReset(this.now) || this.fail(ErrorCode.enhanceYourCalm);
  }

  /** Ends a stream that the peer spoilt. */
  protected spoil(id: number, code: number): boolean {
    const stream = this.streams.get(id);
    if (stream !== undefined) stream.reset(code);
    else {
      this.output.writer.rstStream(id, code);
      this.output.due();
      this.closed.add(id, true);
    }
    return this.allowReset();
  }

  #onData(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id === 0) return this.fail(ErrorCode.protocolError);
    const length = end - start;
    if (!this.#window.spend(length)) return this.fail(ErrorCode.flowControlError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (length === 0) return this.fail(ErrorCode.frameSizeError);
      from += 1;
      to -= bytes[start]!;
      if (to < from) return this.fail(ErrorCode.protocolError);
    }
    const isLast = (flags & Flag.endStream) !== 0;
    if (from === to && !isLast) {
      if (!this.allowFrame()) return false;
    } else this.guard.earn(1);

    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (this.isUnopened(id)) return this.fail(ErrorCode.protocolError);
      this.#window.settle();
      // What was under way when we ended the stream is nobody's fault.
      if (this.isBeyondLast(id) || this.closed.wasReset(id)) return true;
      return this.spoil(id, ErrorCode.streamClosed);
    }
    if (stream.isRemoteClosed) {
      this.#window.settle();
      return this.spoil(id, ErrorCode.streamClosed);
    }
    const fault = stream.onData(bytes, from, to, length - (to - from), isLast);
    if (this.isOpen) this.#window.settle();
    return fault === 0 ? this.isOpen : this.spoil(id, fault);
  }

  #onHeaders(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    // RFC 9113 section 5.1.1: a client's streams have odd numbers, and nobody else opens any.
    if (id === 0 || (id & 1) === 0) return this.fail(ErrorCode.protocolError);
    let from = start;
    let to = end;
    if ((flags & Flag.padded) !== 0) {
      if (to === from) return this.fail(ErrorCode.frameSizeError);
      to -= bytes[from]!;
      from += 1;
    }
    let dependsOnItself = false;
    if ((flags & Flag.priority) !== 0) {
      if (end - from < 5) return this.fail(ErrorCode.frameSizeError);
      dependsOnItself = readUint31(bytes, from) === id;
      from += 5;
    }
    if (to < from) return this.fail(ErrorCode.protocolError);
    const isLast = (flags & Flag.endStream) !== 0;
    if ((flags & Flag.endHeaders) === 0) {
      this.onBlockPending(true);
      const fits = this.#blocks.begin(id, isLast, dependsOnItself, bytes, from, to);
      return fits || this.fail(ErrorCode.enhanceYourCalm);
    }
    return this.onBlock(id, isLast, dependsOnItself, bytes, from, to);
  }

  #onContinuation(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    const blocks = this.#blocks;
    if (blocks.stream === 0) return this.fail(ErrorCode.protocolError);
    if (!blocks.add(bytes, start, end)) return this.fail(ErrorCode.enhanceYourCalm);
    if ((flags & Flag.endHeaders) === 0) return true;
    this.onBlockPending(false);
    const whole = blocks.finish();
    return this.onBlock(id, blocks.isLast, blocks.dependsOnItself, whole, 0, whole.length);
  }

  #onWindowUpdate(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== 4) return this.fail(ErrorCode.frameSizeError);
    if (!this.allowFrame()) return false;
    const increment = readUint31(bytes, start);
    const { output } = this;
    if (id === 0) {
      if (increment === 0) return this.fail(ErrorCode.protocolError);
      output.window += increment;
      if (output.window > maxWindow) return this.fail(ErrorCode.flowControlError);
      output.pump();
      return true;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) return !this.isUnopened(id) || this.fail(ErrorCode.protocolError);
    if (increment === 0) return this.spoil(id, ErrorCode.protocolError);
    stream.sendWindow += increment;
    if (stream.sendWindow > maxWindow) return this.spoil(id, ErrorCode.flowControlError);
    output.pump();
    return true;
  }

  #onRstStream(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== 4) return this.fail(ErrorCode.frameSizeError);
    if (id === 0 || this.isUnopened(id)) return this.fail(ErrorCode.protocolError);
    const stream = this.streams.get(id);
    return stream === undefined ? this.allowFrame() : this.onStreamReset(stream, readUint32(bytes, start));
  }

  #onSettings(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.fail(ErrorCode.protocolError);
    if ((flags & Flag.ack) !== 0) return start === end || this.fail(ErrorCode.frameSizeError);
    if (!this.allowFrame()) return false;
    const { peer } = this;
    const before = peer.initialWindowSize;
    const fault = readSettings(peer, bytes, start, end);
    if (fault !== 0) return this.fail(fault);
    this.output.encoder.resize(peer.headerTableSize);
    const change = peer.initialWindowSize - before;
    if (change !== 0) {
      // RFC 9113 section 6.9.2: windows of open streams move too, below zero if need be.
      for (const stream of this.streams.values()) {
        stream.sendWindow += change;
        if (stream.sendWindow > maxWindow) return this.fail(ErrorCode.flowControlError);
      }
    }
    this.output.writer.settingsAck();
    this.output.due();
    this.onSettingsChanged();
    if (change > 0) this.output.pump();
    return this.isOpen;
  }

  #onPing(flags: number, id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id !== 0) return this.fail(ErrorCode.protocolError);
    if (end - start !== 8) return this.fail(ErrorCode.frameSizeError);
    if ((flags & Flag.ack) !== 0) return this.onPong(bytes, start, end);
    if (!this.allowFrame()) return false;
    this.output.writer.ping(true, bytes, start);
    this.output.due();
    return true;
  }

  /** RFC 9113 section 5.3.2: priorities are not acted upon, only held to their form. */
  #onPriority(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (id === 0) return this.fail(ErrorCode.protocolError);
    if (!this.allowFrame()) return false;
    const fault =
      end - start !== 5
        ? ErrorCode.frameSizeError
        : readUint31(bytes, start) === id
          ? ErrorCode.protocolError
          : ErrorCode.noError;
    if (fault === ErrorCode.noError) return true;
    return this.streams.has(id) ? this.spoil(id, fault) : this.fail(fault);
  }

  noteData(): void {
    this.guard.earn(2);
  }

  noteHeld(change: number): void {
    this.#window.noteHeld(change);
  }
}
