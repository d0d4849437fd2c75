import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { TestGateway } from '../../support/gateway.ts';
import type { Census } from '../../support/plugins/census.ts';
import { until } from '../../support/until.ts';

/** The setting that makes {@link addCensus} possible. */
export const censusSettings = { plugins: 'bundled,census' } as const;

/** What a worker with no other client and no connection to any upstream holds. */
const calm: Census = {
  sockets: 1,
  timers: 0,
  objects: { Http1Connection: 1, UpstreamConnection: 0, Exchange: 1, Passage: 0 },
};

/** How to look at what a worker holds. */
export interface CensusTaker {
  /** Waits until there are no sockets and no timers beyond those of the question itself. */
  assertSettled(): Promise<void>;
  /** The same of the objects of the data plane, which takes long. */
  assertEmpty(): Promise<void>;
}

/** Adds a route whose answers tell what the worker holds. */
export async function addCensus(gateway: TestGateway): Promise<CensusTaker> {
  const route = await gateway.admin('POST', '/routes', { paths: ['/census'] });
  await gateway.admin('POST', `/routes/${route.body.id}/plugins`, { name: 'census' });

  async function take(query: string): Promise<Census> {
    const client = await gateway.connect();
    const answer = await client.ask(`GET /census${query} HTTP/1.1\r\nHost: a\r\n\r\n`);
    client.close();
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text);
  }

  async function settle(query: string, expected: Census): Promise<void> {
    let now = expected;
    const isThere = async (): Promise<boolean> => {
      now = await take(query);
      return isDeepStrictEqual(now, expected);
    };
    await until(isThere).catch(() => assert.deepEqual(now, expected));
  }

  const { objects: _objects, ...sockets } = calm;
  return { assertSettled: () => settle('', sockets), assertEmpty: () => settle('?objects', calm) };
}
