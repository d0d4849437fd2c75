import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestGateway } from '../support/gateway.ts';

const line =
  /^127\.0\.0\.1 - (\S+) \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "(.*)" (\d{3}) (\d+) "(.*)" "(.*)" kong_request_id: "[0-9a-f]{32}"$/;

test('the access log has one line for each request, in the format of Kong 3.9', async () => {
  const gateway = await startTestGateway();
  try {
    const client = await gateway.connect();
    client.send(
      'GET /none?a="b" HTTP/1.1\r\nHost: a\r\nUser-Agent: "quoted" \\ \xe9\r\nReferer: http://r/\r\n' +
        `Authorization: Basic ${Buffer.from('ann:secret').toString('base64')}\r\n\r\n`,
    );
    const answer = await client.answer();
    assert.equal(answer.status, 404);
    const bad = await gateway.connect();
    bad.send('GET / HTTP/1.1\r\n\r\n');
    assert.equal((await bad.answer()).status, 400);
    // Stopping writes out whatever still waits.
    await gateway.running.stop({ graceful: true, timeoutMs: 5000 });
    const lines = readFileSync(join(gateway.prefix, 'logs/access.log'), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 2);
    const [, user, request, status, bytes, referer, agent] = line.exec(lines[0]!)!;
    assert.deepEqual(
      { user, request, status, bytes, referer, agent },
      {
        user: 'ann',
        request: 'GET /none?a=\\x22b\\x22 HTTP/1.1',
        status: '404',
        bytes: String(answer.body.length),
        referer: 'http://r/',
        agent: '\\x22quoted\\x22 \\x5C \\xE9',
      },
    );
    assert.deepEqual(line.exec(lines[1]!)!.slice(2, 4), ['', '400']);
    assert.doesNotMatch(lines.join(), /secret/);
  } finally {
    await gateway.stop();
  }
});

test('proxy_access_log = off writes none', async () => {
  const gateway = await startTestGateway({ proxy_access_log: 'off' });
  try {
    const client = await gateway.connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.answer()).status, 404);
  } finally {
    await gateway.running.stop({ graceful: true, timeoutMs: 5000 });
    assert.equal(existsSync(join(gateway.prefix, 'logs/access.log')), false);
    await gateway.stop();
  }
});

test('the Admin and the Status API keep logs of their own', async () => {
  const gateway = await startTestGateway({
    status_listen: '127.0.0.1:0',
    status_access_log: 'logs/status_access.log',
    admin_gui_url: 'https://manager.test:8445/path, http://other.test',
  });
  const combined = /^127\.0\.0\.1 - - \[[^\]]+\] "(.*)" (\d{3}) (\d+) "-" "(.*)"$/;
  const linesOf = (name: string): string[] =>
    readFileSync(join(gateway.prefix, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n');
  try {
    const [admin, status] = [gateway.running.addresses.admin[0]!, gateway.running.addresses.status[0]!];
    const headers = { 'user-agent': 'a "b"', origin: 'http://other.test' };
    const answer = await fetch(`http://127.0.0.1:${admin.port}/services?size=1`, { headers });
    const text = await answer.text();
    assert.equal(answer.headers.get('access-control-allow-origin'), 'http://other.test');
    const stranger = await fetch(`http://127.0.0.1:${admin.port}/nothing`, { headers: { origin: 'http://x.test' } });
    assert.equal(stranger.headers.get('access-control-allow-origin'), 'https://manager.test:8445');
    await stranger.text();
    await (await fetch(`http://127.0.0.1:${status.port}/status`, { method: 'HEAD' })).text();
    await gateway.running.stop({ graceful: true, timeoutMs: 5000 });

    const [listed, missed, ...more] = linesOf('admin_access.log').map((text) => combined.exec(text)?.slice(1));
    assert.deepEqual(listed, ['GET /services?size=1 HTTP/1.1', '200', String(text.length), 'a \\x22b\\x22']);
    assert.deepEqual(missed?.slice(0, 2), ['GET /nothing HTTP/1.1', '404']);
    assert.deepEqual(more, []);
    const [head] = linesOf('status_access.log').map((text) => combined.exec(text)?.slice(1));
    assert.deepEqual(head?.slice(0, 3), ['HEAD /status HTTP/1.1', '200', '0']);
  } finally {
    await gateway.stop();
  }
});
