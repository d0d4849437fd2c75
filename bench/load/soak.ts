/**
 * Sends many requests with bodies of 0 B to 1 MB through Gibbon, sized and chunked, both ways, compares every byte at
 * both ends, and watches the memory of the gateway. Run: `node bench/load/soak.ts [requests] [connections]`.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { startGateway } from './gateway.ts';
import { residentBytes } from './process.ts';
import { scenarios } from './scenarios.ts';

/** Largest body. */
const maxSize = 1_000_000;
/** All bodies are pieces of this, so that comparing one costs no more than a look at it. */
const source = randomBytes(2 * maxSize);

/** A body, as a piece of {@link source}. */
interface Piece {
  readonly at: number;
  readonly size: number;
  readonly isChunked: boolean;
}

/** Small bodies are as likely as they are in real traffic, large ones still come by the thousand. */
function anyPiece(): Piece {
  const size = Math.random() < 0.05 ? 0 : Math.floor(Math.random() ** 10 * (maxSize + 1));
  return { at: Math.floor(Math.random() * maxSize), size, isChunked: Math.random() < 0.5 };
}

function framingOf({ size, isChunked }: Piece): OutgoingHttpHeaders {
  return isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': size };
}

/** Writes a piece in parts of any length, as fast as they are taken. */
async function send(piece: Piece, to: Writable): Promise<void> {
  const end = piece.at + piece.size;
  for (let at = piece.at; at < end; ) {
    const next = Math.min(end, at + 1 + Math.floor(Math.random() * 100_000));
    if (!to.write(source.subarray(at, next))) await new Promise((resolve) => to.once('drain', resolve));
    at = next;
  }
  to.end();
}

/**
 * Reads a message to its end.
 * @throws when a byte is not that of the piece, or one is missing or too many.
 */
async function compare(piece: Pick<Piece, 'at' | 'size'>, from: IncomingMessage): Promise<void> {
  let at = 0;
  for await (const part of from as AsyncIterable<Buffer>) {
    const start = piece.at + at;
    if (!part.equals(source.subarray(start, start + part.length))) throw new Error(`wrong bytes after ${at}`);
    at += part.length;
  }
  if (at !== piece.size) throw new Error(`${at} bytes in place of ${piece.size}`);
}

function numberOf(message: IncomingMessage, name: string): number {
  return Number(message.headers[name]);
}

/** Compares what it is sent, and answers with the piece that it is asked for. */
async function startUpstream(): Promise<Server> {
  const server = createServer((incoming, response) => {
    const answer: Piece = {
      at: numberOf(incoming, 'x-answer-at'),
      size: numberOf(incoming, 'x-answer-size'),
      isChunked: incoming.headers['x-answer-chunked'] === 'true',
    };
    compare({ at: numberOf(incoming, 'x-at'), size: numberOf(incoming, 'x-size') }, incoming).then(
      () => {
        response.writeHead(200, framingOf(answer));
        return send(answer, response);
      },
      (fault: Error) => {
        response.writeHead(500);
        response.end(`the upstream got ${fault.message}`);
      },
    );
  });
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function exchange(port: number, agent: Agent): Promise<number> {
  const body = anyPiece();
  const answer = anyPiece();
  const headers: OutgoingHttpHeaders = {
    ...framingOf(body),
    'x-at': body.at,
    'x-size': body.size,
    'x-answer-at': answer.at,
    'x-answer-size': answer.size,
    'x-answer-chunked': String(answer.isChunked),
  };
  const call = request({ host: '127.0.0.1', port, path: '/', method: 'POST', agent, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    call.once('response', resolve);
    call.once('error', reject);
  });
  const [response] = await Promise.all([answered, send(body, call)]);
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  await compare(answer, response);
  return body.size + answer.size;
}

async function run(requests: number, connections: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'gibbon-soak-'));
  chmodSync(folder, 0o755);
  const upstream = await startUpstream();
  const { port } = upstream.address() as AddressInfo;
  const scenario = scenarios.find(({ name }) => name === 'proxy')!;
  const gateway = await startGateway(scenario, folder, [port]);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let begun = 0;
  let ended = 0;
  let bytes = 0;
  const faults: string[] = [];
  /** Memory of the gateway after each hundredth of the requests. */
  const memory: number[] = [];
  const step = Math.max(1, Math.floor(requests / 100));
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (begun < requests) {
      begun += 1;
      try {
        const moved = await exchange(gateway.port, agent);
        bytes += moved;
      } catch (fault) {
        faults.push(fault instanceof Error ? fault.message : String(fault));
      }
      ended += 1;
      if (ended % step !== 0) continue;
      memory.push(residentBytes(gateway.pid));
      if (process.stderr.isTTY) process.stderr.write(`\r${ended} of ${requests}, ${faults.length} faults `);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, client));
  } finally {
    agent.destroy();
    await gateway.stop();
    upstream.closeAllConnections();
    upstream.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const seconds = (performance.now() - started) / 1000;
  if (process.stderr.isTTY) process.stderr.write('\n');
  const quarters = [0, 1, 2, 3].map((quarter) => memory.slice(quarter * 25, quarter * 25 + 25));
  console.log(
    `${ended} requests over ${connections} connections in ${seconds.toFixed(0)} s, ` +
      `${(bytes / 1e9).toFixed(1)} GB, ${faults.length} faults`,
  );
  console.log(`memory by quarter, mean: ${quarters.map(mean).join(', ')} MB`);
  for (const fault of new Set(faults)) console.log(`fault: ${fault}`);
  return faults.length === 0;
}

function mean(values: readonly number[]): string {
  return (values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length) / 2 ** 20).toFixed(0);
}

const hasPassed = await run(Number(process.argv[2] ?? 200_000), Number(process.argv[3] ?? 64));
if (!hasPassed) process.exitCode = 1;
