import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createManualClock, createPluginRunner, type FakeExchangeOptions, runPlugin } from '../../pdk/testing.ts';
import type { Row } from '../../schema/index.ts';
import { hmacAuth } from './index.ts';

const bob = { id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f01', username: 'bob', custom_id: null };
const credential = {
  id: '4b6e9a2c-0f1d-4c3b-9e8a-7d6c5b4a3f0a',
  username: 'bob',
  secret: 'open sesame',
  consumer: { id: bob.id },
};
const entities = { consumers: [bob], hmacauth_credentials: [credential] };
const now = Date.UTC(2026, 10, 20, 13, 37, 42);
const today = 'Fri, 20 Nov 2026 13:37:42 GMT';

function header(headers: string, text: string): string {
  const signature = createHmac('sha256', credential.secret).update(text).digest('base64');
  return `hmac username="bob", algorithm="hmac-sha256", headers="${headers}", signature="${signature}"`;
}

const good = { date: today, authorization: header('date', `date: ${today}`) };

async function send(request: FakeExchangeOptions['request'], config: Row = {}, clock = createManualClock(now)) {
  return await createPluginRunner([{ plugin: hmacAuth, config }], { entities, clock }).send({ request: request ?? {} });
}

test('consumer and credential are those of the request', async () => {
  const run = await send({ headers: good });
  assert.deepEqual([run.status, run.consumer, run.credential], [200, bob, credential]);
});

test('a date may be off by the skew, either way, and not by a second more', async () => {
  for (const [seconds, status] of [
    [300, 200],
    [301, 401],
    [-300, 200],
    [-301, 401],
  ] as const) {
    const clock = createManualClock(now + seconds * 1000);
    assert.equal((await send({ headers: good }, {}, clock)).status, status, String(seconds));
  }
  const clock = createManualClock(now + 10_000);
  assert.equal((await send({ headers: good }, { clock_skew: 9 }, clock)).status, 401);
});

test('a request that was replayed in time is good again, later it is not', async () => {
  const clock = createManualClock(now);
  const runner = createPluginRunner([{ plugin: hmacAuth }], { entities, clock });
  assert.equal((await runner.send({ request: { headers: good } })).status, 200);
  assert.equal((await runner.send({ request: { headers: good } })).status, 200);
  clock.advance(301_000);
  assert.equal((await runner.send({ request: { headers: good } })).status, 401);
});

test('the version of HTTP has one decimal', async () => {
  const headers = { date: today, authorization: header('request-line', 'GET / HTTP/2.0') };
  assert.equal((await send({ headers, httpVersion: 2 })).status, 200);
  assert.equal((await send({ headers })).status, 401);
});

test('headers beyond ASCII are signed as their bytes', async () => {
  const authorization = header('x-name date', `x-name: é\ndate: ${today}`);
  assert.equal((await send({ headers: { date: today, 'x-name': 'é', authorization } })).status, 200);
});

test('binary bodies have digests', async () => {
  const body = Uint8Array.from({ length: 256 }, (_, at) => at);
  const digest = 'SHA-256=QK/y6dLYki5Hr9RkjmlnSXFYeF+9Hahw5xECZr+USIA=';
  const config = { validate_request_body: true };
  assert.equal((await send({ method: 'POST', headers: { ...good, digest }, body }, config)).status, 200);
  assert.equal((await send({ method: 'POST', headers: { ...good, digest }, body: body.slice(1) }, config)).status, 401);
});

test('inherited things are no algorithms', async () => {
  const { authorization } = good;
  for (const name of ['constructor', '__proto__', 'hmac-', 'hmac-sha3-512']) {
    const run = await send({ headers: { date: today, authorization: authorization.replace('hmac-sha256', name) } });
    assert.equal(JSON.parse(run.body).message, 'HMAC signature cannot be verified');
  }
});

test('settings that are null are as if they were not given', async () => {
  const config = { clock_skew: null, enforce_headers: null, algorithms: null };
  assert.equal((await send({ headers: good }, config)).status, 200);
});

test('no secret and no signature is ever logged', async () => {
  const runner = createPluginRunner([{ plugin: hmacAuth }], { entities, clock: createManualClock(now) });
  for (const authorization of [
    good.authorization,
    header('date', 'x'),
    'hmac',
    good.authorization.replace('bob', 'x'),
  ]) {
    await runner.send({ request: { headers: { date: today, authorization } } });
  }
  assert.deepEqual(runner.host.lines, []);
});

test('giant headers are refused', async () => {
  for (const authorization of [`hmac ${'username="'.repeat(1e5)}`, header('a '.repeat(1e4), 'x'), 'hmac'.repeat(1e5)]) {
    assert.equal((await send({ headers: { date: today, authorization } })).status, 401);
  }
});

test('refuses algorithms that it does not know', async () => {
  await assert.rejects(runPlugin(hmacAuth, { algorithms: ['hmac-md5'] as never }), /algorithms/);
});
