import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Answer, decode, encode, TRUNCATED_RESPONSE } from 'dns-packet';

/** What is answered beside records. */
export interface AnswerOptions {
  /** The response code; 0 unless told. */
  readonly code?: number;
  readonly isTruncated?: boolean;
  /** In place of those of the query, for forgery. */
  readonly id?: number;
  readonly name?: string;
  readonly extras?: readonly Answer[];
}

/** A query as it arrived. */
export interface SeenQuery {
  readonly via: 'udp' | 'tcp';
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** True when it said how large answers may be. */
  readonly edns: boolean;
  readonly port: number;
  answer(records: readonly Answer[], options?: AnswerOptions): void;
  /** Sends bytes; over TCP with their length in front. */
  send(bytes: Buffer): void;
  /** Sends the same from a port that nobody asked. Resolves once it was handed to the system. */
  answerFromElsewhere(records: readonly Answer[]): Promise<void>;
  /** Ends the connection, where there is one. */
  hangUp(): void;
}

/** Takes a query; false leaves it to the zone. */
export type QueryScript = (query: SeenQuery) => boolean;

/**
 * A name server on loopback, over UDP and TCP at one port. It answers with the records of its zone, which stand under
 * `TYPE name`, and that there is no such name for all else; a script may do otherwise.
 */
export class TestNameServer {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly zone = new Map<string, readonly Answer[] | number>();
  /** `TYPE name` of each query, with `tcp` in front of those over TCP. */
  readonly questions: string[] = [];
  readonly seen: SeenQuery[] = [];
  script: QueryScript = () => false;

  constructor(udp: UdpSocket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    udp.on('message', (bytes, from) => {
      const reply = (answer: Buffer): void => udp.send(answer, from.port, from.address);
      this.#take('udp', bytes, from.port, reply, () => {});
    });
    tcp.on('connection', (socket) => this.#serve(socket));
  }

  /** `ip:port`, as settings have it. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#udp.address().port;
  }

  /** Puts addresses, or `priority weight port target`s, into the zone. */
  set(question: string, values: readonly string[], ttl = 60): void {
    const [type, name] = question.split(' ') as [string, string];
    this.zone.set(
      question,
      values.map((value) => zoneRecord(type, name, value, ttl)),
    );
  }

  /** How often a question was asked. */
  count(question: string): number {
    return this.questions.filter((other) => other === question).length;
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    this.#udp.close();
    this.#tcp.close();
    await Promise.all([once(this.#udp, 'close'), once(this.#tcp, 'close')]);
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('close', () => this.#connections.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = (answer: Buffer): void => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        // In two pieces, for a message need not come in one.
        socket.write(Buffer.concat([length, answer.subarray(0, 5)]), () => socket.write(answer.subarray(5)));
      };
      this.#take('tcp', received.subarray(2), socket.remotePort!, reply, () => socket.end());
    });
  }

  #take(via: SeenQuery['via'], bytes: Buffer, port: number, send: (bytes: Buffer) => void, hangUp: () => void): void {
    const packet = decode(bytes);
    const [question] = packet.questions!;
    const { name, type } = question!;
    const make = (records: readonly Answer[], options: AnswerOptions = {}): Buffer =>
      encode({
        type: 'response',
        id: options.id ?? packet.id!,
        flags: (options.code ?? 0) | (options.isTruncated === true ? TRUNCATED_RESPONSE : 0),
        questions: [{ name: options.name ?? name, type, class: 'IN' }],
        answers: [...records],
        additionals: [...(options.extras ?? [])],
      });
    const query: SeenQuery = {
      via,
      id: packet.id!,
      name,
      type,
      edns: packet.additionals!.length > 0,
      port,
      answer: (records, options) => send(make(records, options)),
      send,
      answerFromElsewhere: (records) =>
        new Promise((resolve) => {
          const socket = createSocket('udp4');
          socket.send(make(records), port, '127.0.0.1', () => {
            socket.close();
            resolve();
          });
        }),
      hangUp,
    };
    this.seen.push(query);
    this.questions.push(`${via === 'tcp' ? 'tcp ' : ''}${type} ${name}`);
    if (this.script(query)) return;
    const known = this.zone.get(`${type} ${name}`) ?? 3;
    if (typeof known === 'number') query.answer([], { code: known });
    else query.answer(known);
  }
}

/** The record that a text stands for. */
export function zoneRecord(type: string, name: string, value: string, ttl = 60): Answer {
  if (type !== 'SRV') return { name, type: type as 'A', ttl, data: value };
  const [priority, weight, port, target] = value.split(' ');
  return {
    name,
    type: 'SRV',
    ttl,
    data: { priority: Number(priority), weight: Number(weight), port: Number(port), target: target! },
  };
}

/** Starts a {@link TestNameServer} on a free port of loopback. */
export async function startNameServer(): Promise<TestNameServer> {
  for (;;) {
    const tcp = createServer();
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const udp = createSocket('udp4');
    udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1');
    try {
      await once(udp, 'listening');
      return new TestNameServer(udp, tcp);
    } catch {
      // The port is taken for UDP: another one.
      udp.close();
      tcp.close();
    }
  }
}
