import type { EventEmitter } from 'node:events';
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  ServerCredentials as Credentials,
  credentials,
  type Metadata,
  Metadata as MetadataTable,
  Server,
  type ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';

const bytes = (value: Buffer): Buffer => value;

function method(path: string, requestStream: boolean, responseStream: boolean) {
  return {
    path: `/test.Echo/${path}`,
    requestStream,
    responseStream,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
}

/** Messages are bytes, whatever they mean. */
export const echoMethods = {
  unary: method('Unary', false, false),
  collect: method('Collect', true, false),
  list: method('List', false, true),
  chat: method('Chat', true, true),
} satisfies ServiceDefinition;

/** What the service saw of its calls. */
export interface SeenCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly host: string;
  /** Milliseconds that the client gave it; undefined for no deadline. */
  readonly timeLeft: number | undefined;
  readonly peer: string;
}

/** A gRPC server of its own, in this process. */
export interface EchoService {
  readonly port: number;
  readonly calls: SeenCall[];
  /** Calls that are not over. */
  readonly open: number;
  /** Resolves once a call was cancelled. */
  cancelled(): Promise<void>;
  stop(): void;
}

type Call =
  | ServerUnaryCall<Buffer, Buffer>
  | ServerReadableStream<Buffer, Buffer>
  | ServerWritableStream<Buffer, Buffer>
  | ServerDuplexStream<Buffer, Buffer>;

/**
 * Starts the service. Unary and Chat send back what they get, Collect sends the number of bytes, List sends its message as
 * often as the metadata `times` says. The metadata `fail` makes a call end with that status, `hang` never, and `mute` without a word.
 */
export async function startEchoService(
  name = 'echo',
  secured: ServerCredentials = Credentials.createInsecure(),
): Promise<EchoService> {
  const calls: SeenCall[] = [];
  const open = new Set<Call>();
  let cancels = 0;
  let waiting: (() => void) | undefined;
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });

  function begin(path: string, call: Call): Error | undefined {
    const deadline = call.getDeadline();
    calls.push({
      path,
      metadata: call.metadata,
      host: call.getHost(),
      timeLeft: deadline === Number.POSITIVE_INFINITY ? undefined : Number(deadline) - Date.now(),
      peer: call.getPeer(),
    });
    open.add(call);
    (call as EventEmitter).on('cancelled', () => {
      // It is told of calls that are over, too.
      if (!open.delete(call)) return;
      cancels += 1;
      waiting?.();
    });
    if (call.metadata.get('mute').length > 0) return undefined;
    const fields = new MetadataTable();
    fields.set('x-service', name);
    call.sendMetadata(fields);
    const [fail] = call.metadata.get('fail');
    if (fail === undefined) return undefined;
    return Object.assign(new Error('asked for'), { code: Number(fail), details: 'asked for', metadata: tail() });
  }

  /** Answers once the client has sent all, unless it is to hang: the messages of a cancelled call come to an end, too. */
  function answerAtEnd(
    call: ServerReadableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
    reply: () => void,
  ): void {
    if (call.metadata.get('hang').length > 0) return;
    (call as EventEmitter).on('end', () => {
      open.delete(call);
      reply();
    });
  }

  function tail(): Metadata {
    const trailers = new MetadataTable();
    trailers.set('x-tail', 'end');
    trailers.set('x-bytes-bin', Buffer.from([0, 1, 2, 255]));
    return trailers;
  }

  server.addService(echoMethods, {
    unary(call: ServerUnaryCall<Buffer, Buffer>, reply: sendUnaryData<Buffer>) {
      const fault = begin('Unary', call);
      if (call.metadata.get('hang').length > 0 || call.metadata.get('mute').length > 0) return;
      open.delete(call);
      if (fault !== undefined) reply(fault as never);
      else reply(null, call.request, tail());
    },
    collect(call: ServerReadableStream<Buffer, Buffer>, reply: sendUnaryData<Buffer>) {
      const fault = begin('Collect', call);
      if (fault !== undefined) {
        open.delete(call);
        reply(fault as never);
        return;
      }
      let size = 0;
      call.on('data', (part: Buffer) => {
        size += part.length;
      });
      answerAtEnd(call, () => reply(null, Buffer.from(String(size)), tail()));
    },
    list(call: ServerWritableStream<Buffer, Buffer>) {
      begin('List', call);
      let left = Number(call.metadata.get('times')[0]);
      const send = (): void => {
        while (left > 0) {
          left -= 1;
          if (!call.write(call.request)) {
            call.once('drain', send);
            return;
          }
        }
        if (call.metadata.get('hang').length > 0) return;
        open.delete(call);
        call.end(tail());
      };
      send();
    },
    chat(call: ServerDuplexStream<Buffer, Buffer>) {
      begin('Chat', call);
      call.on('data', (part: Buffer) => {
        if (!call.write(part)) {
          call.pause();
          call.once('drain', () => call.resume());
        }
      });
      call.on('error', () => {});
      answerAtEnd(call, () => call.end(tail()));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', secured, (fault, bound) => (fault === null ? resolve(bound) : reject(fault)));
  });
  return {
    port,
    calls,
    get open() {
      return open.size;
    },
    async cancelled() {
      while (cancels === 0) {
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
      cancels -= 1;
    },
    stop: () => server.forceShutdown(),
  };
}

function metadataOf(fields: object): Metadata {
  const metadata = new MetadataTable();
  for (const [name, value] of Object.entries(fields)) metadata.set(name, value);
  return metadata;
}

/** What came of a unary call. */
export interface Outcome {
  readonly code: number;
  readonly details: string;
  readonly message: Buffer | undefined;
  readonly metadata: Metadata;
  readonly trailers: Metadata;
}

/** A client of the service. */
export class EchoClient {
  readonly client: Client;

  constructor(port: number, authority?: string, secured = credentials.createInsecure()) {
    this.client = new Client(`127.0.0.1:${port}`, secured, {
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
      ...(authority === undefined
        ? {}
        : { 'grpc.default_authority': authority, 'grpc.ssl_target_name_override': authority }),
    });
  }

  unary(message: Buffer, fields: object = {}, deadline?: number, path = echoMethods.unary.path): Promise<Outcome> {
    return new Promise((resolve) => {
      const metadata = metadataOf(fields);
      let head = new MetadataTable();
      let outcome: Omit<Outcome, 'metadata' | 'trailers'> | undefined;
      const options = deadline === undefined ? {} : { deadline: Date.now() + deadline };
      const call = this.client.makeUnaryRequest(path, bytes, bytes, message, metadata, options, (fault, answer) => {
        outcome = { code: fault?.code ?? status.OK, details: fault?.details ?? '', message: answer };
      });
      call.on('metadata', (got) => {
        head = got;
      });
      call.on('status', (got) => resolve({ ...outcome!, metadata: head, trailers: got.metadata }));
    });
  }

  collect(fields: object = {}): {
    readonly call: ClientWritableStream<Buffer>;
    readonly result: Promise<{ readonly code: number; readonly message: Buffer | undefined }>;
  } {
    const metadata = metadataOf(fields);
    let settle: (outcome: { readonly code: number; readonly message: Buffer | undefined }) => void;
    const result = new Promise<{ readonly code: number; readonly message: Buffer | undefined }>((resolve) => {
      settle = resolve;
    });
    const call = this.client.makeClientStreamRequest(
      echoMethods.collect.path,
      bytes,
      bytes,
      metadata,
      (fault, message) => settle({ code: fault?.code ?? 0, message }),
    );
    return { call, result };
  }

  list(message: Buffer, fields: object = {}): ClientReadableStream<Buffer> {
    const metadata = metadataOf(fields);
    return this.client.makeServerStreamRequest(echoMethods.list.path, bytes, bytes, message, metadata);
  }

  chat(fields: object = {}): ClientDuplexStream<Buffer, Buffer> {
    return this.client.makeBidiStreamRequest(echoMethods.chat.path, bytes, bytes, metadataOf(fields));
  }

  close(): void {
    this.client.close();
  }
}
