import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../../support/gateway.ts';
import { startServer, type TestUpstream, until } from './support/upstreams.ts';

const amount = 1000;

describe('a thousand upstreams with active checks', () => {
  let gateway: InProcessGateway;
  let server: TestUpstream;
  let status = 200;

  before(async () => {
    server = await startServer((request, response) => {
      asked.set(request.headers.host!, (asked.get(request.headers.host!) ?? 0) + 1);
      server.seen.length = 0;
      response.statusCode = status;
      response.end();
    });
    gateway = await startTestGateway({ database: 'off' });
  });
  after(async () => {
    await gateway.stop();
    await server.close();
  });

  /** Checks of each upstream, which are told apart by the Host that is asked for. */
  const asked = new Map<string, number>();
  const changes = (word: string): number => gateway.readLog().match(new RegExp(`${word} target`, 'g'))?.length ?? 0;

  it('are all asked, in turn, and followed down and up', async () => {
    const active = {
      healthy: { interval: 1, successes: 1 },
      unhealthy: { interval: 1, http_failures: 1, timeouts: 0, tcp_failures: 0 },
      timeout: 10,
    };
    await gateway.admin('POST', '/config', {
      _format_version: '3.0',
      upstreams: Array.from({ length: amount }, (_, at) => ({
        name: `u${at}.test`,
        host_header: `h${at}.test`,
        healthchecks: { active },
        targets: [{ target: `127.0.0.1:${server.port}` }],
      })),
    });
    await until('each was asked twice', () => asked.size === amount && Math.min(...asked.values()) >= 2);
    assert.equal(changes('Take'), 0);
    // Whoever is asked more often than the others takes their turns.
    assert.ok(Math.max(...asked.values()) <= 2 * Math.min(...asked.values()) + 2);
    status = 500;
    await until('all are out', () => changes('Take') === amount);
    const { body } = await gateway.admin('GET', '/upstreams/u999.test/health');
    assert.equal(body.data[0].reason, '1 HTTP failure in active checks: status 500');
    status = 200;
    await until('all are back', () => changes('Put') === amount);
    await gateway.admin('POST', '/config', {
      _format_version: '3.0',
      upstreams: [
        {
          name: 'left.test',
          healthchecks: { active: { ...active, healthy: { interval: 0.3 } } },
          targets: [{ target: `127.0.0.1:${server.port}` }],
        },
      ],
    });
    asked.clear();
    const host = `127.0.0.1:${server.port}`;
    await until(
      'the one that is left was asked for two seconds',
      () => (asked.get(host) ?? asked.get('127.0.0.1') ?? 0) >= 7,
    );
    // What was under way when the others went may still come.
    assert.ok(asked.size < 100, `${asked.size} upstreams are asked though they are gone`);
  });
});
