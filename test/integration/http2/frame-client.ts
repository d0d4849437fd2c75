import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Field, HpackDecoder, preface } from '../../../src/http2/index.ts';

/** A frame as it came. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** What a header block holds. */
  readonly fields: Fields | undefined;
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** What came on a stream, up to its end. */
export interface StreamAnswer {
  readonly status: number;
  readonly fields: Fields;
  readonly interim: readonly Fields[];
  readonly body: Buffer;
  readonly trailers: Fields | undefined;
  /** Error code of RST_STREAM, when that was how it ended. */
  readonly reset: number | undefined;
}

/** Bytes of a frame. */
export function frame(type: number, flags: number, stream: number, payload: string | Uint8Array = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

/** 32 bits, the highest first. */
export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, at) => {
    bytes.writeUInt32BE(value, at * 4);
  });
  return bytes;
}

/** Fields as literals without indexing: an encoder too simple to be wrong. */
export function block(fields: Fields): Buffer {
  const parts: Buffer[] = [];
  for (const field of fields) {
    parts.push(Buffer.from([0]));
    for (const text of field) {
      const length =
        text.length < 127 ? [text.length] : [127, ((text.length - 127) & 127) | 128, (text.length - 127) >> 7];
      parts.push(Buffer.from(length), Buffer.from(text, 'latin1'));
    }
  }
  return Buffer.concat(parts);
}

/** Fields of a request. */
export function request(path = '/', method = 'GET', more: Fields = []): Fields {
  return [[':method', method], [':scheme', 'http'], [':path', path], [':authority', 'example.test'], ...more];
}

/** HEADERS with a whole block. */
export function headers(stream: number, fields: Fields = request(), isLast = true): Buffer {
  return frame(1, isLast ? 5 : 4, stream, block(fields));
}

/** One end of a connection, the client's unless told, that sends exactly the frames it is given and keeps all that come. */
export class FrameClient {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  isClosed = false;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #wake: (() => void) | undefined;
  readonly #decoder = new HpackDecoder();

  /** `skipped` is how many bytes come before the first frame. */
  constructor(socket: Socket, skipped = 0) {
    this.socket = socket;
    let toSkip = skipped;
    socket.on('data', (read: Buffer) => {
      const data = read.subarray(toSkip);
      toSkip -= read.length - data.length;
      this.#bytes = this.#bytes.length === 0 ? data : Buffer.concat([this.#bytes, data]);
      this.#cut();
      this.#wake?.();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake?.();
    });
  }

  /** Preface and settings, pairs of number and value. */
  open(...settings: readonly (readonly [number, number])[]): this {
    const payload = Buffer.concat(
      settings.map(([number, value]) => Buffer.concat([Buffer.from([0, number]), uint32(value)])),
    );
    this.send(preface, frame(4, 0, 0, payload));
    return this;
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The next frame; undefined once the connection is closed. @throws when none comes for long. */
  async next(): Promise<Frame | undefined> {
    while (this.#at >= this.frames.length) {
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No frame came; so far: ${this.frames.map(say).join(', ')}`)),
          10_000,
        );
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    this.#at += 1;
    return this.frames[this.#at - 1];
  }

  /** The next frame of a type; others are passed over. @throws when the connection closes first. */
  async nextOf(type: number): Promise<Frame> {
    for (;;) {
      const found = await this.next();
      if (found === undefined)
        throw new Error(`Closed before a frame of type ${type}: ${this.frames.map(say).join(', ')}`);
      if (found.type === type) return found;
    }
  }

  /** Resolves once all that was sent so far has been acted upon. */
  async ping(): Promise<void> {
    const payload = Buffer.from(String(this.#at).padStart(8, '0'));
    this.send(frame(6, 0, 0, payload));
    for (;;) {
      const found = await this.nextOf(6);
      if (found.flags === 1 && found.payload.equals(payload)) return;
    }
  }

  #decode(payload: Buffer): Fields {
    const fields: [string, string][] = [];
    const onField = ({ name, value }: Field): void => void fields.push([name, value]);
    if (!this.#decoder.decode(payload, 0, payload.length, { onField })) throw new Error('A block is malformed');
    return fields;
  }

  /** Reads the answers of streams until all of them have ended. */
  async answers(...streams: readonly number[]): Promise<StreamAnswer[]> {
    const open = new Map(streams.map((stream) => [stream, new Gathered()]));
    const all = [...open.values()];
    while (open.size > 0) {
      const found = await this.next();
      if (found === undefined) throw new Error(`Closed before the end: ${this.frames.map(say).join(', ')}`);
      if (open.get(found.stream)?.take(found) === true) open.delete(found.stream);
    }
    return all;
  }

  async answer(stream: number): Promise<StreamAnswer> {
    return (await this.answers(stream))[0]!;
  }

  close(): void {
    this.socket.destroy();
  }

  #cut(): void {
    let at = 0;
    while (this.#bytes.length - at >= 9) {
      const end = at + 9 + this.#bytes.readUIntBE(at, 3);
      if (end > this.#bytes.length) break;
      const payload = this.#bytes.subarray(at + 9, end);
      const type = this.#bytes[at + 3]!;
      this.frames.push({
        type,
        flags: this.#bytes[at + 4]!,
        stream: this.#bytes.readUInt32BE(at + 5),
        payload,
        fields: type === 1 ? this.#decode(payload) : undefined,
      });
      at = end;
    }
    this.#bytes = this.#bytes.subarray(at);
  }
}

class Gathered implements StreamAnswer {
  status = 0;
  fields: Fields = [];
  interim: Fields[] = [];
  body = Buffer.alloc(0);
  trailers: Fields | undefined = undefined;
  reset: number | undefined = undefined;

  /** True once the stream has ended. */
  take(found: Frame): boolean {
    const { fields } = found;
    if (found.type === 3) {
      this.reset = found.payload.readUInt32BE(0);
      return true;
    }
    if (found.type === 0) this.body = Buffer.concat([this.body, found.payload]);
    if (fields !== undefined) {
      const status = Number(fields.find(([name]) => name === ':status')?.[1] ?? 0);
      if (status === 0) this.trailers = fields;
      else if (status < 200) this.interim.push(fields);
      else {
        this.status = status;
        this.fields = fields;
      }
    }
    return found.type <= 1 && (found.flags & 1) !== 0;
  }
}

const codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
];

/** A frame in short. */
export function say({ type, flags, stream, payload }: Frame): string {
  switch (type) {
    case 0:
      return `DATA ${stream} ${payload.length}${(flags & 1) === 0 ? '' : ' end'}`;
    case 1:
      return `HEADERS ${stream}${(flags & 1) === 0 ? '' : ' end'}`;
    case 3:
      return `RST_STREAM ${stream} ${codes[payload.readUInt32BE(0)]}`;
    case 7:
      return `GOAWAY ${payload.readUInt32BE(0)} ${codes[payload.readUInt32BE(4)]}`;
    default:
      return `type ${type}, flags ${flags}, stream ${stream}`;
  }
}

/** Connects a {@link FrameClient}. @throws when the connection cannot be made. */
export function connectFrames(port: number, isSecure = false): Promise<FrameClient> {
  return new Promise((resolve, reject) => {
    const done = (): void => resolve(new FrameClient(socket));
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const socket: Socket = isSecure ? connectTls(options, done) : connectTcp(options, done);
    socket.setNoDelay(true);
    socket.once('error', reject);
  });
}
