import assert from 'node:assert/strict';
import { createRoute, type GivenSettings, type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import type { Answer } from '../../support/raw-client.ts';
import {
  type ScriptedUpstream,
  type SeenRequest,
  startUpstream,
  type UpstreamSide,
} from '../../support/scripted-upstream.ts';

/** A gateway with an upstream behind the route `/t`. */
export interface Bench {
  readonly gateway: InProcessGateway;
  readonly upstream: ScriptedUpstream;
  readonly routeId: string;
  readonly serviceId: string;
  /** Requests that the upstream read to their end, in order, while it answers by itself. */
  readonly requests: SeenRequest[];
  /** Makes the upstream answer everything with `ok`, which it does unless a script was set. */
  answerAll(): void;
  /** Sends good requests over new connections and shows that each is answered with its own answer, and nothing else came through. */
  assertSound(): Promise<void>;
  /** Ends all connections to the upstream and resolves once the gateway has let go of them. */
  dropConnections(): Promise<void>;
  close(): Promise<void>;
}

/** The answer of {@link Bench.answerAll}, which tells the target that it was asked for. */
export function echo(request: SeenRequest): string {
  const body = `${request.method} ${request.target} ${request.body.length}`;
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${request.method === 'HEAD' ? '' : body}`;
}

let probes = 0;

/** Starts a {@link Bench}. `service` and `route` are fields beyond those that are needed. */
export async function startBench(
  settings: GivenSettings = {},
  service: object = {},
  route: object = {},
): Promise<Bench> {
  const gateway = await startTestGateway(settings);
  const requests: SeenRequest[] = [];
  const answering = async (side: UpstreamSide): Promise<void> => {
    while (await side.reader.hasMore()) {
      // A request that never becomes whole is a case of its own; the proof looks at whole ones.
      const request = await side.request().catch(() => undefined);
      if (request === undefined) return;
      requests.push(request);
      await side.send(echo(request));
    }
  };
  const upstream = await startUpstream(answering);
  const rows = await createRoute(gateway, upstream.port, '/t', { path: '/u', ...service }, route);
  return {
    gateway,
    upstream,
    routeId: rows.route.id,
    serviceId: rows.service.id,
    requests,
    answerAll() {
      upstream.script = answering;
    },
    async assertSound() {
      const before = requests.length;
      const client = await gateway.connect();
      // More than one, over one connection and then over another, so that a stray answer would show.
      const targets: string[] = [];
      for (let round = 0; round < 2; round += 1) {
        probes += 1;
        targets.push(`/u/probe-${probes}`);
        const answer = await client.ask(`GET /t/probe-${probes} HTTP/1.1\r\nHost: a\r\n\r\n`);
        assert.equal(answer.status, 200);
        assert.equal(answer.text, `GET /u/probe-${probes} 0`);
      }
      client.close();
      assert.deepEqual(
        requests.slice(before).map(({ target }) => target),
        targets,
      );
    },
    async dropConnections() {
      for (const side of upstream.connections) {
        side.end();
        await side.gone();
      }
    },
    async close() {
      await gateway.stop();
      await upstream.close();
    },
  };
}

/** The request id of an answer, once it was seen to be one. */
export function requestIdOf(answer: Answer): string {
  const id = answer.header('x-kong-request-id');
  assert.match(id ?? '', /^[0-9a-f]{32}$/);
  return id!;
}

/** Asserts that an answer is the gateway's own with Kong's text. */
export function assertOwnAnswer(answer: Answer, status: number, message: string): void {
  assert.equal(answer.status, status, answer.text);
  const id = requestIdOf(answer);
  const isJson = answer.header('content-type')?.startsWith('application/json') === true;
  const json = `{\n  "message":${JSON.stringify(message)},\n  "request_id":"${id}"\n}`;
  assert.equal(answer.text, isJson ? json : `${message}\nrequest_id: ${id}\n`);
  assert.match(answer.header('server') ?? '', /^gibbon\//);
}
