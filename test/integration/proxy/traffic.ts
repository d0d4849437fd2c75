import { randomBytes } from 'node:crypto';
import { createDice } from '../../support/fuzz.ts';
import type { TestGateway } from '../../support/gateway.ts';
import type { RawClient } from '../../support/raw-client.ts';
import type { UpstreamSide } from '../../support/scripted-upstream.ts';

const noise = randomBytes(3 * 1024 * 1024);

/** One request and its answer, by numbers alone, so that both ends know every byte of it. */
interface Deal {
  readonly serial: number;
  readonly asked: Part;
  readonly answered: Part;
}

interface Part {
  readonly offset: number;
  readonly length: number;
  readonly isChunked: boolean;
  /** Where the bytes on the wire are cut; decides about chunks too. */
  readonly seed: number;
}

function lengthFrom(dice: () => number): number {
  const kind = dice();
  const most = kind < 0.45 ? 0 : kind < 0.75 ? 2000 : kind < 0.93 ? 40_000 : kind < 0.99 ? 200_000 : 1_048_576;
  return Math.floor(dice() * (most + 1));
}

function partFrom(dice: () => number): Part {
  const length = lengthFrom(dice);
  return {
    length,
    offset: Math.floor(dice() * (noise.length - length)),
    isChunked: dice() < 0.5,
    seed: Math.floor(dice() * 2 ** 32),
  };
}

function bytesOf({ offset, length }: Part): Buffer {
  return noise.subarray(offset, offset + length);
}

/** The part as it goes over the wire: in random chunks, if any, and in random pieces. */
function* wireOf(head: string, part: Part): Iterable<Buffer> {
  const dice = createDice(part.seed);
  const bytes = bytesOf(part);
  const runs: Buffer[] = [Buffer.from(head, 'latin1')];
  if (part.isChunked) {
    for (let at = 0; at < bytes.length; ) {
      const size = Math.min(bytes.length - at, 1 + Math.floor(dice() ** 3 * 100_000));
      runs.push(Buffer.from(`${size.toString(16)}\r\n`), bytes.subarray(at, at + size), Buffer.from('\r\n'));
      at += size;
    }
    runs.push(Buffer.from('0\r\n\r\n'));
  } else runs.push(bytes);
  const wire = Buffer.concat(runs);
  // Mostly few pieces: many small ones would measure the test and not the gateway.
  const pieces = 1 + Math.floor(dice() ** 4 * 8);
  const cuts = Array.from({ length: pieces - 1 }, () => Math.floor(dice() * wire.length)).sort((a, b) => a - b);
  let from = 0;
  for (const cut of [...cuts, wire.length]) {
    if (cut > from) yield wire.subarray(from, cut);
    from = cut;
  }
}

function framing(part: Part): string {
  return part.isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${part.length}`;
}

/** The script of the upstream: it compares every request with what was agreed, and answers as agreed. */
export function serveDeals(report: (fault: string) => void) {
  return async (side: UpstreamSide): Promise<void> => {
    side.reader.forget();
    while (await side.reader.hasMore()) {
      const request = await side.request();
      const deal = JSON.parse(request.header('x-deal') ?? 'null') as Deal | null;
      if (deal === null) {
        report(`Request without a deal: ${request.startLine}`);
        return;
      }
      if (!request.body.equals(bytesOf(deal.asked))) {
        report(
          `Request ${deal.serial} has a wrong body of ${request.body.length} bytes: ${JSON.stringify(deal.asked)}`,
        );
      }
      const head = `HTTP/1.1 200 OK\r\nX-Serial: ${deal.serial}\r\n${framing(deal.answered)}\r\n\r\n`;
      await side.sendPieces(wireOf(head, deal.answered));
    }
  };
}

/** Adds a route whose answers tell the memory that the worker holds, in bytes, and that of the whole process. */
export async function addMeter(
  gateway: TestGateway,
): Promise<() => Promise<{ readonly held: number; readonly rss: number }>> {
  const route = await gateway.admin('POST', '/routes', { paths: ['/meter'] });
  await gateway.admin('POST', `/routes/${route.body.id}/plugins`, { name: 'meter' });
  return async () => {
    const client = await gateway.connect();
    const answer = await client.ask('GET /meter HTTP/1.1\r\nHost: a\r\n\r\n');
    client.close();
    return JSON.parse(answer.text);
  };
}

/** What a run of {@link sendDeals} came to. */
export interface TrafficReport {
  readonly requests: number;
  /** Bytes of bodies, both ways. */
  readonly bytes: number;
  readonly faults: readonly string[];
  /** What `measure` said after each quarter. */
  readonly quarters: readonly number[];
}

/** How {@link sendDeals} goes about it. */
export interface TrafficOptions {
  readonly gateway: TestGateway;
  /** A path that leads to an upstream with {@link serveDeals}. */
  readonly path: string;
  readonly requests: number;
  readonly connections: number;
  readonly seed: number;
  /** Memory after a quarter of the requests, while none is in flight. */
  readonly measure: () => Promise<number>;
}

/** Sends random requests over many connections at once and compares every byte of their answers. */
export async function sendDeals(options: TrafficOptions): Promise<TrafficReport> {
  const faults: string[] = [];
  const quarters: number[] = [];
  let serial = 0;
  let bytes = 0;

  const drive = async (upTo: number, seed: number): Promise<void> => {
    const dice = createDice(seed);
    let client: RawClient | undefined;
    while (serial < upTo && faults.length < 20) {
      // A few requests at a time go out together.
      const count = dice() < 0.8 ? 1 : 1 + Math.floor(dice() * 4);
      const isLast = dice() < 0.02;
      const deals = Array.from({ length: count }, (): Deal => {
        serial += 1;
        return { serial, asked: partFrom(dice), answered: partFrom(dice) };
      });
      try {
        if (client === undefined) {
          client = await options.gateway.connect();
          client.reader.forget();
        }
        const sending = sendAll(client, options.path, deals, isLast);
        for (const deal of deals) {
          const answer = await client.answer('POST');
          const { length } = deal.answered;
          bytes += deal.asked.length + length;
          if (answer.header('x-serial') !== String(deal.serial))
            faults.push(`Request ${deal.serial} got the answer of ${answer.header('x-serial')}`);
          if (!answer.body.equals(bytesOf(deal.answered)))
            faults.push(
              `Answer ${deal.serial} has a wrong body of ${answer.body.length} bytes: ${JSON.stringify(deal.answered)}`,
            );
        }
        await sending;
        if (isLast) {
          const { rest } = await client.closed();
          if (rest !== '') faults.push(`Bytes behind answer ${deals.at(-1)!.serial}`);
          client = undefined;
        }
      } catch (fault) {
        faults.push(`Request ${deals[0]!.serial}: ${fault instanceof Error ? fault.message : String(fault)}`);
        client?.close();
        client = undefined;
      }
    }
    client?.close();
  };

  for (let quarter = 1; quarter <= 4; quarter += 1) {
    const upTo = Math.round((options.requests * quarter) / 4);
    await Promise.all(
      Array.from({ length: options.connections }, (_, at) => drive(upTo, options.seed + quarter * 1000 + at)),
    );
    quarters.push(await options.measure());
  }
  return { requests: serial, bytes, faults, quarters };
}

async function sendAll(client: RawClient, path: string, deals: readonly Deal[], isLast: boolean): Promise<void> {
  for (const [at, deal] of deals.entries()) {
    const connection = isLast && at === deals.length - 1 ? 'Connection: close\r\n' : '';
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nX-Deal: ${JSON.stringify(deal)}\r\n${connection}${framing(deal.asked)}\r\n\r\n`;
    await client.sendPieces(wireOf(head, deal.asked));
  }
}
