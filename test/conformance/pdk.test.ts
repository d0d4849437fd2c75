import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type InProcessGateway, startTestGateway } from '../support/gateway.ts';
import type { Answer } from '../support/raw-client.ts';

/** The development kit as plugins find it in a running gateway; its parts have their own tests. */
let gateway: InProcessGateway;
let seen: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders; body: string };
const upstream = createServer((request, response) => {
  let body = '';
  request.setEncoding('latin1').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    seen = { method: request.method, url: request.url, headers: request.headers, body };
    response.writeHead(203, { 'X-Up': 'up', 'Content-Length': 4 }).end('body');
  });
});

before(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await startTestGateway({ plugins: 'bundled,teller', trusted_ips: '127.0.0.0/8', log_level: 'warn' });
  await gateway.admin('POST', '/services', { name: 'told', url: `http://127.0.0.1:${port}` });
  for (const [name, config] of Object.entries({
    asks: {},
    changes: { changes: true },
    refuses: { refuses: true },
  })) {
    await gateway.admin('POST', '/services/told/routes', { name, paths: [`~/${name}/(?<word>\\w+)`] });
    await gateway.admin('POST', `/routes/${name}/plugins`, { name: 'teller', config });
  }
});
after(async () => {
  await gateway.stop();
  upstream.close();
  upstream.closeAllConnections();
});

async function ask(route: string): Promise<Answer> {
  const client = await gateway.connect();
  try {
    return await client.ask(
      `POST /${route}/w%C3%A4x?a=1&flag&a=2 HTTP/1.1\r\nHost: told.test:81\r\nX-One: 1\r\nX-Many: one\r\nX-Many: two\r\n` +
        'X-Gone: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"b":1}',
    );
  } finally {
    client.close();
  }
}

/** What the plugin learned of the request, without what differs from run to run. */
function expected(name: string): object {
  const target = `/${name}/w%C3%A4x`;
  return {
    request: ['http', 'told.test', 'POST', 1.1],
    forwarded: ['http', 'told.test', gateway.port],
    forwardedPath: [`/${name}/wäx`, null],
    path: [`/${name}/wäx`, target, `${target}?a=1&flag&a=2`, 'a=1&flag&a=2'],
    query: ['1', true, null, { a: ['1', '2'], flag: true }],
    headers: ['1', ['one', 'two'], ['one', 'two']],
    captures: { named: { word: 'w' }, unnamed: ['w'] },
    body: ['{"b":1}', { ok: true, body: { b: 1 }, mimetype: 'application/json' }],
    isRecent: true,
    client: ['127.0.0.1', '127.0.0.1', 'http', null, null],
    hasPorts: true,
    router: [name, 'told'],
    node: [true, true, 'object'],
    trusted: [true, false],
    connection: ['127.0.0.1', 1],
  };
}

describe('the development kit on a running gateway', () => {
  it('tells of request, client, route, node and answer', async () => {
    const answer = await ask('asks');
    const told = JSON.parse(Buffer.from(answer.values('x-told')[0]!, 'latin1').toString()) as object;
    assert.deepEqual(told, {
      ...expected('asks'),
      source: 'service',
      upstream: [203, 'up', 203],
      upstreamHeaders: 'up',
      mine: 'kept',
      two: ['a', 'b'],
    });
    assert.equal(answer.status, 201);
    assert.deepEqual(answer.values('x-up'), []);
    assert.deepEqual(answer.values('x-two'), ['a', 'b']);
    assert.deepEqual(answer.values('x-set'), ['c', 'd']);
    assert.equal(answer.text, 'body');
    await gateway.waitForLog(/told \[\{"mine":"kept"\},201\]/);
  });

  it('changes what goes to the upstream and what comes back', async () => {
    const answer = await ask('changes');
    assert.equal(seen.method, 'PUT');
    assert.equal(seen.url, '/changed?flag&q=1&q=2');
    assert.equal(seen.headers['x-one'], 'changed');
    assert.equal(seen.headers['x-many'], 'one, two, three');
    assert.equal(seen.headers['x-set'], 'set');
    assert.equal(seen.headers['x-gone'], undefined);
    assert.equal(seen.headers['content-type'], 'application/json');
    assert.equal(seen.body, '{"changed":7}');
    assert.match(answer.text, /^body!+$/);
  });

  it('answers in the place of the upstream, and refuses wrong calls in the words of Kong', async () => {
    const answer = await ask('refuses');
    assert.equal(answer.status, 418);
    assert.deepEqual(answer.values('x-exit'), ['yes']);
    const { told, refusals } = JSON.parse(answer.body.toString()) as { told: object; refusals: string[] };
    assert.deepEqual(told, expected('refuses'));
    assert.deepEqual(refusals, [
      'function cannot be called in access phase (only in: body_filter)',
      'code must be a number between 100 and 599',
      'Cannot write header "": the name is no token',
      'port must be an integer between 0 and 65535: given 70000',
      'invalid method: NO SUCH',
      'function cannot be called in access phase (only in: response, header_filter, body_filter, log)',
      'max_args must be >= 1',
    ]);
  });
});
