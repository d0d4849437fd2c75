import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { between, createDice, fuzzPlan, pieces } from '../../support/fuzz.ts';
import { createRoute, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import type { RawClient } from '../../support/raw-client.ts';
import { Incomplete } from '../../support/raw-client-reader.ts';
import { type ScriptedUpstream, startUpstream, type UpstreamSide } from '../../support/scripted-upstream.ts';
import { type AnswerMode, answerOf, marker, markersIn, type PipelineMessage, randomPipeline } from './pipelines.ts';

/**
 * Random pipelines, good and hostile, cut anywhere, over connections that share a pool. Each message is known to be good or
 * bad by the way in which it was made, not by parsing it: what the upstreams see must be the good ones, each once, whole
 * and unmixed, and each answer must be that of its own request.
 */
const { runs, seed } = fuzzPlan(400, 20_261_120);
/** Connections at the same time. */
const width = 8;

/** A request as an upstream saw it. */
interface Seen {
  readonly target: string;
  readonly method: string;
  readonly body: string;
  readonly isWhole: boolean;
  /** Head and body, in which only markers of its own may stand. */
  readonly text: string;
}

function modeOf(target: string): AnswerMode {
  return (/\?mode=(\w+)$/.exec(target)?.[1] ?? 'sized') as AnswerMode;
}

/** The number in a target, -1 where none stands. */
function serialOf(target: string): number {
  return Number(/\/~(\d+)~\?/.exec(target)?.[1] ?? -1);
}

function wireAnswer(mode: AnswerMode, serial: number, isHead: boolean): string {
  const { status, body } = answerOf(mode, serial);
  const head = `X-Marker: ${marker(serial)}\r\n`;
  if (status !== 200) return `HTTP/1.1 ${status} Nothing\r\n${head}\r\n`;
  const shown = isHead ? '' : body;
  if (mode === 'eof') return `HTTP/1.1 200 OK\r\n${head}\r\n${shown}`;
  if (mode === 'chunked') {
    const half = Math.floor(body.length / 2) + 1;
    const chunks = [body.slice(0, half), body.slice(half)]
      .filter((part) => part !== '')
      .map((part) => `${part.length.toString(16)};x=y\r\n${part}\r\n`);
    const all = isHead ? '' : `${chunks.join('')}0\r\nX-Trailer: ${marker(serial)}\r\n\r\n`;
    return `HTTP/1.1 200 OK\r\n${head}Transfer-Encoding: chunked\r\n\r\n${all}`;
  }
  const interim = mode === 'interim' ? `HTTP/1.1 103 Early Hints\r\nLink: <${marker(serial)}>\r\n\r\n` : '';
  return `${interim}HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n${shown}`;
}

/** The strict upstream: it takes requests apart without leniency, and records what is not whole as well. */
function recorder(seen: Seen[]) {
  return async (side: UpstreamSide): Promise<void> => {
    while (await side.reader.hasMore()) {
      try {
        const head = await side.head();
        const [method = '', target = ''] = head.startLine.split(' ');
        const mode = modeOf(target);
        const answer = wireAnswer(mode, serialOf(target), method === 'HEAD');
        if (mode === 'early') await side.send(answer);
        try {
          const { body } = await side.body(head);
          const text = body.toString('latin1');
          seen.push({ target, method, body: text, isWhole: true, text: head.head + text });
        } catch (fault) {
          if (!(fault instanceof Incomplete)) throw fault;
          const text = fault.body.toString('latin1');
          seen.push({ target, method, body: text, isWhole: false, text: head.head + text });
          return;
        }
        if (mode !== 'early') await side.send(answer);
        // A connection that would be used again must not end by surprise: that is tested elsewhere.
        if (mode === 'eof' && method !== 'HEAD') {
          side.end();
          return;
        }
      } catch (fault) {
        if (fault instanceof Incomplete) return;
        throw fault;
      }
    }
  };
}

/** The other upstream: Node's own server, which is another parser's view of the same bytes. */
function nodeUpstream(seen: Seen[], wrong: string[]): Server {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const mode = modeOf(request.url!);
    const serial = serialOf(request.url!);
    const { status, body } = answerOf(mode, serial);
    if (mode === 'interim') response.writeEarlyHints({ link: `<${marker(serial)}>` });
    response.statusCode = status;
    response.setHeader('X-Marker', marker(serial));
    if (mode === 'eof') {
      response.shouldKeepAlive = false;
      response.removeHeader('transfer-encoding');
    } else if (status === 200 && mode !== 'chunked') response.setHeader('Content-Length', body.length);
    if (mode === 'chunked') response.write(body.slice(0, 3));
    response.end(mode === 'chunked' ? body.slice(3) : body);
  };
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    const parts: Buffer[] = [];
    const { method = '', url = '' } = request;
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => {});
    request.on('close', () => {
      const body = Buffer.concat(parts).toString('latin1');
      const text = `${url} ${request.rawHeaders.join(' ')}${body}`;
      if (!request.complete) seen.push({ target: url, method, body, isWhole: false, text });
    });
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('latin1');
      const text = `${url} ${request.rawHeaders.join(' ')}${body}`;
      seen.push({ target: url, method, body, isWhole: true, text });
      if (modeOf(url) !== 'early') answer(request, response);
    });
    if (modeOf(url) === 'early') answer(request, response);
  });
  server.on('clientError', (fault: NodeJS.ErrnoException, socket) => {
    // A body that breaks off is what some messages are made for; anything else is a message that llhttp refuses.
    if (fault.code !== 'ECONNRESET' && fault.code !== 'HPE_INVALID_EOF_STATE') wrong.push(`${fault.code}`);
    socket.destroy();
  });
  return server;
}

/** Sends a pipeline and compares its answers; returns the messages that were served. */
async function converse(
  client: RawClient,
  messages: readonly PipelineMessage[],
  cut: string,
  dice: () => number,
): Promise<PipelineMessage[]> {
  const served: PipelineMessage[] = [];
  const wire = messages.map((message) => message.wire).join('') + cut;
  const sending = client.sendPieces(pieces(dice, wire, 12));
  for (const message of messages) {
    let answer = await client.answer(message.method);
    while (answer.status < 200) {
      assert.ok(answer.status === 100 || message.mode === 'interim');
      answer = await client.answer(message.method);
    }
    const isOver = answer.header('connection') === 'close';
    if (message.fate === 'served') {
      served.push(message);
      const { status, body } = answerOf(message.mode, message.serial);
      assert.equal(answer.status, status, `${message.wire.slice(0, 300)} got ${answer.head}${answer.text}`);
      assert.equal(answer.header('x-marker'), marker(message.serial));
      assert.equal(answer.text, message.method === 'HEAD' ? '' : body);
      assert.deepEqual([...markersIn(answer.head + answer.text)], [message.serial]);
      // How much of a request is there when its answer comes early is a matter of time.
      if (message.mode !== 'early')
        assert.equal(isOver, message.closes, `${message.wire.slice(0, 300)}: ${answer.head}`);
    } else {
      assert.equal(answer.status, message.status, `${JSON.stringify(message.wire.slice(0, 500))}: ${answer.text}`);
      assert.equal(isOver, message.fate === 'refused');
    }
    if (isOver) {
      assert.deepEqual(await client.closed(), { ending: 'end', rest: '' });
      break;
    }
  }
  await sending;
  client.close();
  return served;
}

describe('random pipelines', () => {
  const seen: Seen[] = [];
  const wrong: string[] = [];
  let gateway: InProcessGateway;
  let strict: ScriptedUpstream;
  let other: Server;
  before(async () => {
    gateway = await startTestGateway();
    strict = await startUpstream(recorder(seen));
    other = nodeUpstream(seen, wrong);
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const whole = { path: '/u', retries: 0 };
    await createRoute(gateway, strict.port, '/t', whole);
    await createRoute(gateway, (other.address() as AddressInfo).port, '/node', whole);
  });
  after(async () => {
    await gateway.stop();
    await strict.close();
    other.closeAllConnections();
    other.close();
  });

  it(`reach two upstreams as they were sent, each request once and unmixed (${runs} pipelines)`, async (t) => {
    t.diagnostic(`seed ${seed}; GIBBON_FUZZ_SEED and GIBBON_FUZZ_RUNS ask for others`);
    let serial = 1;
    let requests = 0;
    let refused = 0;
    /** Their bodies may become whole long after their answers. */
    const early = new Map<number, PipelineMessage>();
    for (let round = 0; round * width < runs; round += 1) {
      const pipelines = Array.from({ length: width }, (_, at) => {
        const dice = createDice(seed + round * width + at);
        const path = at % 2 === 0 ? '/t' : '/node';
        const messages = randomPipeline(dice, path, serial);
        serial += messages.length + 1;
        // Some clients go away inside a last message, which nobody may take for whole.
        const last = `POST ${path}/${marker(serial - 1)}?mode=sized HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789`;
        return { messages, cut: dice() < 0.2 ? last.slice(0, between(dice, 1, last.length - 1)) : '', dice };
      });
      const from = seen.length;
      const conversations = await Promise.all(
        pipelines.map(async ({ messages, cut, dice }) => converse(await gateway.connect(), messages, cut, dice)),
      );
      const served = conversations.flat().sort((a, b) => a.serial - b.serial);
      requests += served.length;
      refused += pipelines.filter(({ messages }) => messages.some(({ fate }) => fate === 'refused')).length;
      for (const message of served) if (message.mode === 'early') early.set(message.serial, message);
      const bySerial = new Map([...early, ...served.map((message) => [message.serial, message] as const)]);
      const news = seen.slice(from);
      for (const one of news) {
        assert.deepEqual([...markersIn(one.text)], [serialOf(one.target)], one.text);
        assert.ok(one.target.startsWith(`/u/${marker(serialOf(one.target))}?mode=`), one.target);
        const message = bySerial.get(serialOf(one.target));
        if (!one.isWhole) continue;
        assert.ok(message !== undefined, `seen whole, but never answered: ${one.text}`);
        assert.equal(one.method, message.method);
        assert.equal(one.body, message.body);
      }
      const wholes = news.filter(({ isWhole }) => isWhole).map(({ target }) => serialOf(target));
      assert.equal(new Set(wholes).size, wholes.length, 'a request was seen twice');
      const missing = served.filter((message) => message.mode !== 'early' && !wholes.includes(message.serial));
      assert.deepEqual(missing, []);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(strict.faults, []);
    t.diagnostic(`${requests} requests served, ${refused} pipelines with a hostile message`);
    assert.ok(requests > runs && refused > runs / 20, 'too little came through to say anything');
  });
});
