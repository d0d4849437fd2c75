import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createRoute } from '../../support/gateway.ts';
import { type Bench, requestIdOf, startBench } from './bench.ts';

type Format = 'json' | 'plain' | 'html' | 'xml';

const types: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  plain: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  xml: 'application/xml; charset=utf-8',
};

function bodyOf(format: Format, message: string, id: string): string {
  switch (format) {
    case 'json':
      return `{\n  "message":"${message}",\n  "request_id":"${id}"\n}`;
    case 'plain':
      return `${message}\nrequest_id: ${id}\n`;
    case 'xml':
      return `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${message}</message>\n  <requestid>${id}</requestid>\n</error>\n`;
    case 'html':
      return `<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n    <h1>Error</h1>\n    <p>${message}.</p>\n    <p>request_id: ${id}</p>\n  </body>\n</html>\n`;
  }
}

/** What Kong 3.9 chooses for an Accept header, or for none. */
const accepts: readonly (readonly [accept: string, format: Format])[] = [
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['text/html', 'html'],
  ['text/plain', 'plain'],
  ['text/*', 'plain'],
  ['application/xml', 'xml'],
  ['image/png', 'json'],
  ['text/html, application/json', 'html'],
  ['text/html;q=0.2, application/xml;q=0.9, text/plain;q=0.5', 'xml'],
  ['text/html;q=0.5, text/plain;q=0.5', 'html'],
  ['text/html;q=0', 'json'],
  ['text/html; charset=utf-8', 'html'],
  ['nonsense', 'json'],
];

describe('error bodies', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({}, { retries: 0, connect_timeout: 500, read_timeout: 500 });
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await createRoute(bench.gateway, port, '/dead', { retries: 0 });
    await createRoute(bench.gateway, 80, '/nowhere', { host: 'nowhere.invalid' });
    await bench.gateway.admin('POST', '/upstreams', { name: 'empty.test' });
    await createRoute(bench.gateway, 80, '/empty', { host: 'empty.test' });
    await bench.gateway.admin('POST', '/routes', { paths: ['/bare'] });
  });
  after(() => bench.close());

  /** Errors of the core, which are JSON unless the client asks for something else, and those of the engine below it. */
  const errors: readonly (readonly [path: string, status: number, message: string, usual: Format])[] = [
    ['/none', 404, 'no Route matched with those values', 'json'],
    ['/bare', 503, 'no Service found with those values', 'json'],
    ['/nowhere', 503, 'name resolution failed', 'json'],
    ['/empty', 503, 'failure to get a peer from the ring-balancer', 'json'],
    ['/dead', 502, 'An invalid response was received from the upstream server', 'plain'],
  ];
  for (const [path, status, message, usual] of errors) {
    it(`are as Kong's for ${path}: ${status}`, async () => {
      const client = await bench.gateway.connect();
      const cases: readonly (readonly [lines: string, format: Format])[] = [
        ['', usual],
        ...accepts.map(([accept, format]) => [`Accept: ${accept}\r\n`, format] as const),
        ['Content-Type: text/html\r\n', usual === 'json' ? 'json' : 'html'],
        ['Content-Type: application/x-www-form-urlencoded\r\n', 'json'],
      ];
      for (const [lines, format] of cases) {
        const answer = await client.ask(`GET ${path} HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
        assert.equal(answer.status, status);
        assert.equal(answer.header('content-type'), types[format], JSON.stringify(lines));
        assert.equal(answer.text, bodyOf(format, message, requestIdOf(answer)));
        assert.match(answer.header('server')!, /^gibbon\/\d/);
        assert.match(answer.header('x-kong-response-latency')!, /^\d+$/);
        assert.equal(answer.header('x-kong-upstream-latency'), undefined);
        assert.equal(answer.header('via'), undefined);
      }
      client.close();
    });

    it(`have a length and no body for HEAD ${path}`, async () => {
      const client = await bench.gateway.connect();
      const get = await client.ask(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const head = await client.ask(`HEAD ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assert.equal(head.status, status);
      assert.equal(head.header('content-length'), String(get.body.length));
      // The connection goes on: nothing of a body followed.
      assert.equal((await client.ask('GET /t/x HTTP/1.1\r\nHost: a\r\n\r\n')).text, 'GET /u/x 0');
      client.close();
    });
  }

  it('take the first Accept of the engine, and all of the core', async () => {
    const client = await bench.gateway.connect();
    const lines = 'Accept: text/plain;q=0.1\r\nAccept: application/xml\r\n';
    const core = await client.ask(`GET /none HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
    assert.equal(core.header('content-type'), types.xml);
    const engine = await client.ask(`GET /dead HTTP/1.1\r\nHost: a\r\n${lines}\r\n`);
    assert.equal(engine.header('content-type'), types.plain);
    client.close();
  });
});

describe('errors as problem details', () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({ error_problem_details: 'on' });
  });
  after(() => bench.close());

  async function ask(headers: string): Promise<{ readonly type: string | undefined; readonly body: string }> {
    const client = await bench.gateway.connect();
    client.send(`GET /none HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
    const answer = await client.answer();
    client.close();
    assert.equal(answer.status, 404);
    return { type: answer.header('content-type'), body: answer.body.toString() };
  }

  it('take the place of JSON', async () => {
    for (const headers of ['', 'Accept: application/json\r\n', 'Accept: */*\r\n']) {
      const { type, body } = await ask(headers);
      assert.equal(type, 'application/problem+json', headers);
      const { request_id: id, ...problem } = JSON.parse(body);
      assert.match(id, /^[0-9a-f]{32}$/);
      const detail = 'no Route matched with those values';
      assert.deepEqual(problem, { type: 'about:blank', title: 'Not Found', status: 404, detail });
    }
  });

  it('leave other formats alone', async () => {
    const { type, body } = await ask('Accept: text/html\r\n');
    assert.equal(type, types.html);
    assert.match(body, /<p>no Route matched with those values\.<\/p>/);
  });

  it('are what a plugin answers an error with', async () => {
    const { body } = await bench.gateway.admin('POST', `/routes/${bench.routeId}/plugins`, {
      name: 'request-size-limiting',
      config: { allowed_payload_size: 1, size_unit: 'bytes' },
    });
    const client = await bench.gateway.connect();
    client.send('POST /t HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
    const answer = await client.answer();
    client.close();
    await bench.gateway.admin('DELETE', `/plugins/${body.id}`);
    assert.equal(answer.status, 413);
    assert.equal(answer.header('content-type'), 'application/problem+json');
    assert.equal(JSON.parse(answer.body.toString()).title, 'Payload Too Large');
  });
});
