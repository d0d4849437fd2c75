import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNodeId, fakeRoute, fakeService, runPlugin } from '../../pdk/testing.ts';
import { requestTermination } from './index.ts';

const json = 'application/json; charset=utf-8';

test('answers 503 unless told otherwise, and the upstream is not asked', async () => {
  const run = await runPlugin(requestTermination, {});
  assert.deepEqual(
    [run.status, run.body, { ...run.headers }, run.upstream, run.source],
    [503, '{"message":"Service unavailable"}', { 'content-type': json, 'content-length': '33' }, undefined, 'exit'],
  );
});

const texts: readonly [status: number, body: string][] = [
  [401, '{"message":"Unauthorized"}'],
  [404, '{"message":"Not found"}'],
  [405, '{"message":"Method not allowed"}'],
  [500, '{"message":"An unexpected error occurred"}'],
  [502, '{"message":"Bad Gateway"}'],
  [200, ''],
  [418, ''],
];

for (const [status, body] of texts) {
  test(`the text of ${status}`, async () => {
    const run = await runPlugin(requestTermination, { status_code: status });
    assert.deepEqual([run.status, run.body, run.headers['content-length']], [status, body, String(body.length)]);
  });
}

test('a message takes the place of the text', async () => {
  const run = await runPlugin(requestTermination, { status_code: 403, message: 'So "long"' });
  assert.deepEqual([run.status, run.body], [403, '{"message":"So \\"long\\""}']);
});

test('a body is sent as it is', async () => {
  const config = { status_code: 200, content_type: 'text/html', body: '<p>é</p>' };
  const run = await runPlugin(requestTermination, config);
  assert.deepEqual(
    [run.body, { ...run.headers }],
    ['<p>é</p>', { 'content-type': 'text/html', 'content-length': '9' }],
  );
});

test('a body without a content type is sent without one', async () => {
  const run = await runPlugin(requestTermination, { body: 'plain' });
  assert.deepEqual([run.body, run.headers['content-type']], ['plain', undefined]);
});

test('with a trigger only requests that carry it are answered', async () => {
  const config = { trigger: 'x-stop' };
  const statuses: number[] = [];
  for (const request of [
    {},
    { headers: { 'X-Stop': '' } },
    { query: 'x-stop' },
    { query: 'x-stop=' },
    { query: 'stop' },
  ]) {
    statuses.push((await runPlugin(requestTermination, config, { request })).status);
  }
  assert.deepEqual(statuses, [200, 503, 503, 503, 200]);
});

test('an echo describes request and match', async () => {
  const run = await runPlugin(
    requestTermination,
    { echo: true, status_code: 404 },
    {
      request: {
        method: 'POST',
        path: '/a%20b',
        query: 'q=1&flag',
        headers: { 'X-A': ['1', '2'], 'Content-Type': 'application/json' },
        body: '{"é":1}',
        captures: { named: { id: '7' }, unnamed: ['7'] },
      },
    },
  );
  assert.equal(run.status, 404);
  assert.deepEqual(JSON.parse(run.body), {
    message: 'Not found',
    kong: { node_id: fakeNodeId, worker_pid: 4711, hostname: 'gibbon-test' },
    request: {
      scheme: 'http',
      host: 'example.com',
      port: 8000,
      headers: {
        host: 'example.com',
        'x-a': ['1', '2'],
        'content-type': 'application/json',
        'content-length': '8',
      },
      query: { q: '1', flag: true },
      body: { é: 1 },
      raw_body: '{"é":1}',
      method: 'POST',
      path: '/a b',
      uri_captures: { named: { id: '7' }, unnamed: ['7'] },
    },
    matched_route: fakeRoute,
    matched_service: fakeService,
  });
});

test('an echo of a body that cannot be parsed has its text alone', async () => {
  const request = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'a' };
  const echoed = JSON.parse((await runPlugin(requestTermination, { echo: true }, { request })).body).request;
  assert.deepEqual([echoed.body, echoed.raw_body], [undefined, 'a']);
});

const refused: readonly [config: { [field: string]: unknown }, text: RegExp][] = [
  [{ status_code: 99 }, /status_code: value should be between 100 and 599/],
  [{ message: 'a', body: 'b' }, /message cannot be used with content_type or body/],
  [{ message: 'a', content_type: 'b' }, /message cannot be used with content_type or body/],
  [{ content_type: 'a' }, /content_type requires a body/],
  [{ echo: true, body: 'a' }, /echo cannot be used with content_type and body/],
  [{ trigger: 'not a name' }, /bad header name 'not a name'/],
];

for (const [config, text] of refused) {
  test(`refuses ${JSON.stringify(config)}`, async () => {
    await assert.rejects(runPlugin(requestTermination, config), text);
  });
}
